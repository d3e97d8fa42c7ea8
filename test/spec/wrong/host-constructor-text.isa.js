// expected: host-constructor-text.isa.js:2:14: a text has no "constructor" in this language, or it is a method to be called: `constructor`
const c = "".constructor;
isa("toy", { title: "Toy", unit: 8, address: 16 });
