// expected: width-none.isa.js:6:12: the static number 1 has no width here; use constant(1, width): `n`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	const n = 1;
	r.a = cat(n, bits(r.a, 6, 0));
});
