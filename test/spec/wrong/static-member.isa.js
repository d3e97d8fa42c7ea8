// expected: static-member.isa.js:3:13: there is no "b" here, only a: `b`
const o = { a: 1 };
const b = o.b;
isa("toy", { title: "Toy", unit: 8, address: 16 });
