// expected: loop-long.isa.js:5:2: a loop of more than 256 rounds: `for (let i = 0; i < 257; i++) r.a = r.a + 1;`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	for (let i = 0; i < 257; i++) r.a = r.a + 1;
});
