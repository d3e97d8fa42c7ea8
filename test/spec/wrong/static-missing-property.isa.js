// expected: static-missing-property.isa.js:2:12: there is no "b" here, only a: `b`
const { a, b } = { a: 1 };
isa("toy", { title: "Toy", unit: 8, address: 16 });
