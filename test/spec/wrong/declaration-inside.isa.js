// expected: declaration-inside.isa.js:5:2: state() is a declaration; it cannot stand in semantics: `state({ q: 8 })`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	state({ q: 8 });
});
