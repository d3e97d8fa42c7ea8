// expected: side-effect-and.isa.js:5:13: the right side of && is evaluated always, so it must not trap, jump or write; use if: `trap(1)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	if (r.f && trap(1)) r.a = 0;
});
