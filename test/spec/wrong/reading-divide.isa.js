// expected: reading-divide.isa.js:5:8: / on plain values does not say whether they are signed; write s(a) / s(b) or u(a) / u(b): `r.a / r.b`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = r.a / r.b;
});
