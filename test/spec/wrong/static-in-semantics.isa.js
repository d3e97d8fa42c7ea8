// expected: static-in-semantics.isa.js:6:2: n is static; semantics cannot change it: `n`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
let n = 0;
instruction("op", "00000000", () => {
	n = 1;
});
