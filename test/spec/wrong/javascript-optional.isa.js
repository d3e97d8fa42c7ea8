// expected: javascript-optional.isa.js:3:11: ?. is not part of the language: `o?.a`
const o = { a: 1 };
const a = o?.a;
isa("toy", { title: "Toy", unit: 8, address: 16 });
