// expected: syntax-choices.isa.js:4:13: {c}{d} cannot be read back: "|s" and "s|" look the same: `add{c}{d}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
operands({ c: choice({ "": 0, s: 1 }), d: choice({ s: 0, "": 1 }) });
instruction("add{c}{d}", "000000 c[0] d[0]", () => {});
