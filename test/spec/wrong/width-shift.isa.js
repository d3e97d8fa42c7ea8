// expected: width-shift.isa.js:5:8: the static number 1 has no width here; use constant(1, width): `1 << r.b`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = 1 << r.b;
});
