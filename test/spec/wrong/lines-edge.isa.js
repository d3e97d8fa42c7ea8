// expected: lines-edge.isa.js:4:16: line timer: "edge" or nothing expected after the bit, this is the text "level": `[r.a, 7, "level"]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const r = state({ a: 8, b: 8, sp: 16, f: 1 });
lines({ timer: [r.a, 7, "level"] });
