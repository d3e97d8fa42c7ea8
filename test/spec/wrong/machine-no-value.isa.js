// expected: machine-no-value.isa.js:4:18: machine.plain gives no value; 1 bits expected: `() => { r.a = 0; }`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
machine({ plain: () => { r.a = 0; } });
