// expected: static-index.isa.js:6:15: an index must be static, this is a guest value: `bits(r.b, 1, 0)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const values = [1, 2, 3, 4];
instruction("op", "00000000", () => {
	r.a = values[bits(r.b, 1, 0)];
});
