// expected: javascript-comma.isa.js:2:12: the comma operator is not part of the language: `1, 2`
const a = (1, 2);
isa("toy", { title: "Toy", unit: 8, address: 16 });
