// expected: static-float.isa.js:2:14: static numbers are whole numbers: `0.5`
const half = 0.5;
isa("toy", { title: "Toy", unit: 8, address: 16 });
