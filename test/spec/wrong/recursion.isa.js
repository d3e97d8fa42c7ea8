// expected: recursion.isa.js:4:21: calls nested deeper than 64: this recursion does not end (in op): `down(v + 1)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const down = (v) => down(v + 1);
instruction("op", "00000000", () => {
	r.a = down(r.a);
});
