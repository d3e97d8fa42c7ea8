// expected: entry-name-duplicate.isa.js:6:14: duplicate entry name in io: `one`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 1, "one", { read: () => r.a });
entry(io, 2, "one", { read: () => r.b });
