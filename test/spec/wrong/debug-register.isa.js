// expected: debug-register.isa.js:4:44: a register or its name expected, this is the text "q": `{ core: ["a", "q"] }`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
debugView({ architecture: "toy", features: { core: ["a", "q"] } });
