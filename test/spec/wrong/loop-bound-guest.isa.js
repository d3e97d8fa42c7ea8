// expected: loop-bound-guest.isa.js:6:20: the condition of a loop must be static, this is a guest value: `i != n`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	let n = r.b;
	for (let i = r.a; i != n; i++) r.a = r.a + 1;
});
