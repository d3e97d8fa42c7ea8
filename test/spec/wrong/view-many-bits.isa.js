// expected: view-many-bits.isa.js:4:15: a view of 72 bits; 1 to 64 expected: `[q.a, q.b]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const q = state({ a: 64, b: 8 });
views({ both: [q.a, q.b] });
