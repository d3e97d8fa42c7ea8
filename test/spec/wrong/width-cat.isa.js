// expected: width-cat.isa.js:5:12: 72 bits together; a value has at most 64: `cat(r.sp, r.sp, r.sp, r.sp, r.a)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	const v = cat(r.sp, r.sp, r.sp, r.sp, r.a);
});
