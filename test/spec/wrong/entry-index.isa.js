// expected: entry-index.isa.js:5:11: the index is 16; 0 to 15 expected: `16`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 16, "one", {});
