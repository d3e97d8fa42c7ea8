// expected: host-new.isa.js:2:11: new is not part of the language: `new Date()`
const d = new Date();
isa("toy", { title: "Toy", unit: 8, address: 16 });
