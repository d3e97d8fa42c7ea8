// expected: arms-differ.isa.js:5:12: the two arms of an if or ?: give a guest value of 8 bits and a guest value of 16 bits: `r.f ? r.a : r.sp`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	const v = r.f ? r.a : r.sp;
});
