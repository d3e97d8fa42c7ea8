// expected: static-past-end.isa.js:3:22: index 2 is past the end: there are 2: `2`
const values = [1, 2];
const third = values[2];
isa("toy", { title: "Toy", unit: 8, address: 16 });
