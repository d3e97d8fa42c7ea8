// expected: sext-outside.isa.js:4:11: sext() means something only in semantics: `sext(r.a, 16)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const v = sext(r.a, 16);
