// expected: width-zext.isa.js:5:8: zext of 16 bits to 8; a value is cut with bits(v, 7, 0): `zext(r.sp, 8)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = zext(r.sp, 8);
});
