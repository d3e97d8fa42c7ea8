// expected: overlap-context.isa.js:5:20: the encoding overlaps with one (overlap-context.isa.js:4): the bytes 00 are both: `00000000`
isa("toy", { title: "Toy", unit: 8, address: 16 });
state({ mode: 2 }, { kind: "context" });
instruction("one", "00000000", () => {}, { context: { mode: only(0, 1) } });
instruction("two", "00000000", () => {}, { context: { mode: not(0) } });
