// expected: width-address.isa.js:5:13: width mismatch: 16 bits expected, this has 8; use sext, zext or bits: `r.b`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = load(r.b, 8);
});
