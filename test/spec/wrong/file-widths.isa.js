// expected: file-widths.isa.js:4:11: width mismatch: register sp has 16 bits, others of the file 8: `[r.a, r.sp]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
file("q", [r.a, r.sp]);
