// expected: reading-mixed.isa.js:5:8: a signed and an unsigned reading on the two sides of <: `s(r.a) < u(r.b)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.f = s(r.a) < u(r.b);
});
