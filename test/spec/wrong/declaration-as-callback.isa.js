// expected: declaration-as-callback.isa.js:5:2: state() is a declaration; it cannot stand in semantics: `[["q", 8]].map(state)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	[["q", 8]].map(state);
});
