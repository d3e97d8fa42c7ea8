// expected: helper-in-other-file/a.isa.js:4:28: width mismatch: 8 bits + 16 bits; use sext, zext or bits (in op): `r.a + v`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
export const wide = (v) => r.a + v;
export { r };
