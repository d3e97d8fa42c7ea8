// expected: entry-width.isa.js:5:29: width mismatch: 8 bits expected, this has 16; use sext, zext or bits: `() => r.sp`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 1, "one", { read: () => r.sp });
