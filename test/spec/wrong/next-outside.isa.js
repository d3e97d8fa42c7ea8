// expected: next-outside.isa.js:4:41: next means something only in an instruction: `next`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
machine({ enter: (cause, value) => jump(next) });
