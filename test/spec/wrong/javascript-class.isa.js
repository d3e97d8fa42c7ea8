// expected: javascript-class.isa.js:2:1: class is not part of the language: `class A {}`
class A {}
isa("toy", { title: "Toy", unit: 8, address: 16 });
