// expected: view-twice.isa.js:4:13: the bits of a stand twice in aa: `[r.a, r.a]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
views({ aa: [r.a, r.a] });
