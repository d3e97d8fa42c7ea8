// expected: memory-address.isa.js:6:13: width mismatch: 8 bits expected, this has 16; use sext, zext or bits: `r.sp`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const ports = memory("ports", { address: 8 });
instruction("op", "00000000", () => {
	r.a = load(r.sp, 8, { space: ports });
});
