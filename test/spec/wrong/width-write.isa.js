// expected: width-write.isa.js:5:9: width mismatch: 16 bits expected, this has 8; use sext, zext or bits: `r.a`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.sp = r.a;
});
