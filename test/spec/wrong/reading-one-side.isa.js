// expected: reading-one-side.isa.js:5:8: both sides of < need a reading: s(a) < s(b) or u(a) < u(b): `s(r.a) < r.b`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.f = s(r.a) < r.b;
});
