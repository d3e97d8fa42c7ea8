// expected: register-unknown.isa.js:5:4: there is no "c" here, only a, b, sp, f: `c`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.c = 0;
});
