// expected: static-constant.isa.js:3:1: n is a constant: `n`
const n = 1;
n = 2;
isa("toy", { title: "Toy", unit: 8, address: 16 });
