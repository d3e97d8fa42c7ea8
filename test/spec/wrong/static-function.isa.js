// expected: static-function.isa.js:3:1: a function expected, this is the number 1: `f`
const f = 1;
f();
isa("toy", { title: "Toy", unit: 8, address: 16 });
