// expected: jump-in-entry.isa.js:5:41: jump() stands in instructions, machine.step, reset and enter only: `jump(0)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
const io = space("io", { index: 4, width: 8, missing: { read: () => trap(2), write: () => trap(2) } });
entry(io, 1, "one", { write: (value) => jump(0) });
