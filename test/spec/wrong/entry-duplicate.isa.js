// expected: entry-duplicate.isa.js:6:11: duplicate entry: index 1 of io is one: `1`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 1, "one", { read: () => r.a });
entry(io, 1, "two", { read: () => r.b });
