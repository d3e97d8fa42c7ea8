// expected: register-hole.isa.js:6:24: rd can be register 1 of the file q, which is a hole; limit it with where: `000000 rd`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const q = file("q", [r.a, null, r.b, r.a]);
operands({ rd: reg(q) });
instruction("op {rd}", "000000 rd", () => {});
