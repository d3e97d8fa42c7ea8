// expected: context-too-wide.isa.js:3:23: 32 bits of context registers; at most 31: `16`
isa("toy", { title: "Toy", unit: 8, address: 16 });
state({ one: 16, two: 16 }, { kind: "context" });
