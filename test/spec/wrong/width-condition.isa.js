// expected: width-condition.isa.js:5:6: a condition is bits(1), this has 8 bits; compare it with something: `r.a`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	if (r.a) r.b = 0;
});
