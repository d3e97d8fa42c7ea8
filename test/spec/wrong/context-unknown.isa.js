// expected: context-unknown.isa.js:4:57: context: "a" is no context register: `only(0)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {}, { context: { a: only(0) } });
