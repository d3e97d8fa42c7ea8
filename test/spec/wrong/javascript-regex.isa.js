// expected: javascript-regex.isa.js:2:11: regular expressions are not part of the language: `/a/`
const r = /a/;
isa("toy", { title: "Toy", unit: 8, address: 16 });
