// expected: execute-outside.isa.js:5:2: unknown name; nothing but the language and this definition can be named: `execute`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	execute();
});
