// expected: width-mismatch.isa.js:5:8: width mismatch: 8 bits + 16 bits; use sext, zext or bits: `r.a + r.sp`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = r.a + r.sp;
});
