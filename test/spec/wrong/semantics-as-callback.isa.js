// expected: semantics-as-callback.isa.js:4:11: clz() means something only in semantics: `[r.a].map(clz)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const v = [r.a].map(clz);
