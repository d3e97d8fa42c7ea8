// expected: entry-no-value.isa.js:5:29: some paths through this function end without a value: `() => { if (r.f) return r.a; }`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 1, "one", { read: () => { if (r.f) return r.a; } });
