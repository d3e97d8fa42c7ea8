// expected: width-load.isa.js:5:19: a load of 12 bits; 8, 16, 32 or 64 expected: `12`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = load(r.sp, 12);
});
