// expected: width-bits-order.isa.js:5:8: bits 0 to 7: the higher number comes first: `bits(r.sp, 0, 7)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = bits(r.sp, 0, 7);
});
