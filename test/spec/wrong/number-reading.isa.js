// expected: number-reading.isa.js:5:8: -1 does not fit 8 unsigned bits: `u(r.a) < -1`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.f = u(r.a) < -1;
});
