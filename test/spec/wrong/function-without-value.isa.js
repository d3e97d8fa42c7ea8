// expected: function-without-value.isa.js:8:8: some paths through this function end without a value: `f()`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const f = () => {
	if (r.f) return r.a;
};
instruction("op", "00000000", () => {
	r.b = f();
});
