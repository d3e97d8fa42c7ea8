// expected: javascript-syntax.isa.js:2:7: this is not JavaScript: unexpected token: `= 1;`
const = 1;
isa("toy", { title: "Toy", unit: 8, address: 16 });
