// expected: space-in-static.isa.js:5:11: the space io can be read only in semantics: `io[1]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
const v = io[1];
