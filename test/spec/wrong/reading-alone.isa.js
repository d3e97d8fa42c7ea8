// expected: reading-alone.isa.js:5:8: a reading made by s() or u() stands only beside < <= > >= / % * and in mulh(), not beside +: `s(r.a) + 1`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = s(r.a) + 1;
});
