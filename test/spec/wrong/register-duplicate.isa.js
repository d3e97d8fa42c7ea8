// expected: register-duplicate.isa.js:4:12: duplicate register name "b": `8`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
state({ b: 8 });
