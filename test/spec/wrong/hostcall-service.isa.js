// expected: hostcall-service.isa.js:5:17: the name of a service expected: `1`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
instruction("op", "00000000", () => {
	r.a = hostcall(1, r.a, r.b);
});
