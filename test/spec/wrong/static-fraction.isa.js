// expected: static-fraction.isa.js:2:14: 1 / 2 is not whole; static numbers are whole numbers: `1 / 2`
const half = 1 / 2;
isa("toy", { title: "Toy", unit: 8, address: 16 });
