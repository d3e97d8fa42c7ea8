// expected: javascript-var.isa.js:2:1: var is not part of the language; use const or let: `var a = 1;`
var a = 1;
isa("toy", { title: "Toy", unit: 8, address: 16 });
