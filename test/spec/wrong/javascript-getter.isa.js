// expected: javascript-getter.isa.js:2:13: get and set are not part of the language: `get a() { return 1; }`
const o = { get a() { return 1; } };
isa("toy", { title: "Toy", unit: 8, address: 16 });
