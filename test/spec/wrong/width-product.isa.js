// expected: width-product.isa.js:5:13: the product of readings is twice as wide, at most 64 bits; these have 64 bits, use mulh() and *: `s(q.a) * s(q.a)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const q = state({ a: 64 });
instruction("op", "00000000", () => {
	q.a = bits(s(q.a) * s(q.a), 63, 0);
});
