// expected: width-bit-dynamic.isa.js:5:8: bit(v, i) needs a static i; write bits(v >>> i, 0, 0): `bit(r.a, r.b)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.f = bit(r.a, r.b);
});
