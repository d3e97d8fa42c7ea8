// expected: host-proto.isa.js:3:13: there is no "__proto__" here, only a: `__proto__`
const o = { a: 1 };
const p = o.__proto__;
isa("toy", { title: "Toy", unit: 8, address: 16 });
