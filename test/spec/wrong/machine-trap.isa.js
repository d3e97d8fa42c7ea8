// expected: machine-trap.isa.js:4:28: trap() has no place here: nothing could take the trap: `trap(1)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
machine({ interrupt: () => trap(1) });
