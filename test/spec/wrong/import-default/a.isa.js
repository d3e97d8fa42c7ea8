// expected: import-default/b.isa.js:1:8: only import { names } is part of the language: `a`
isa("toy", { title: "Toy", unit: 8, address: 16 });
