// expected: javascript-destructuring-assignment.isa.js:3:1: an assignment to several variables at once is not part of the language: `[a]`
let a = 1;
[a] = [2];
isa("toy", { title: "Toy", unit: 8, address: 16 });
