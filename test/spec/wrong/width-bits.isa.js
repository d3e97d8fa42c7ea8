// expected: width-bits.isa.js:5:8: bit 16 of a value of 16 bits: `bits(r.sp, 16, 9)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = bits(r.sp, 16, 9);
});
