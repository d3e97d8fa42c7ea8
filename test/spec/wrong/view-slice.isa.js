// expected: view-slice.isa.js:4:25: the high bit is 8; 0 to 7 expected: `8`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
views({ top: slice(r.a, 8, 4) });
