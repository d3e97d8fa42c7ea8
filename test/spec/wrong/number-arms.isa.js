// expected: number-arms.isa.js:7:8: the two arms of an if or ?: give the numbers 2 and 1 without a width; use constant(value, width): `n`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	let n = 1;
	if (r.f) n = 2;
	r.a = n;
});
