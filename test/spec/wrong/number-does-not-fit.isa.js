// expected: number-does-not-fit.isa.js:5:8: 256 does not fit 8 bits: `256`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = 256;
});
