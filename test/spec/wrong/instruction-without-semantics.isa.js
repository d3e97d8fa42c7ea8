// expected: instruction-without-semantics.isa.js:4:1: instruction() takes 3 to 4 arguments, not 2: `instruction("op", "00000000")`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000");
