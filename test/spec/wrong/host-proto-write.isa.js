// expected: host-proto-write.isa.js:3:3: there is no "__proto__" here, only a: `__proto__`
const o = { a: 1 };
o.__proto__ = null;
isa("toy", { title: "Toy", unit: 8, address: 16 });
