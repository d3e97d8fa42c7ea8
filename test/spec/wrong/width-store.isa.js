// expected: width-store.isa.js:5:14: the static number 1 has no width here; use constant(1, width): `1`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	store(r.sp, 1);
});
