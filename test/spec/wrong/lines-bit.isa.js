// expected: lines-bit.isa.js:4:16: the bit of timer is 8; 0 to 7 expected: `[r.a, 8]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
lines({ timer: [r.a, 8] });
