// expected: loop-while.isa.js:5:2: an unbounded loop; use for (let i = 0; i < 8; i++) or for (const x of array): `while (r.f == 0) r.a = r.a + 1;`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	while (r.f == 0) r.a = r.a + 1;
});
