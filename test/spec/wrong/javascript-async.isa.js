// expected: javascript-async.isa.js:2:11: async functions and generators are not part of the language: `async () => 1`
const f = async () => 1;
isa("toy", { title: "Toy", unit: 8, address: 16 });
