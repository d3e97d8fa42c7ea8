// expected: loop-endless.isa.js:5:2: an unbounded loop: for needs a condition: `for (let i = 0; ; i++) r.a = r.a + 1;`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	for (let i = 0; ; i++) r.a = r.a + 1;
});
