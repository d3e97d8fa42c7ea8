// expected: number-negative.isa.js:5:8: -129 does not fit 8 bits: `r.a + -129`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = r.a + -129;
});
