// expected: static-division.isa.js:2:11: a static division by 0: `1 % 0`
const n = 1 % 0;
isa("toy", { title: "Toy", unit: 8, address: 16 });
