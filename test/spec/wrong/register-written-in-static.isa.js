// expected: register-written-in-static.isa.js:4:1: a register can be written only in semantics: `r.a`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
r.a = 1;
