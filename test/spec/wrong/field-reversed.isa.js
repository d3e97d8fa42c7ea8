// expected: field-reversed.isa.js:5:25: "imm[0:7]" in the encoding: the higher bit comes first: `00000000 / imm[0:7]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {imm}", "00000000 / imm[0:7]", () => {});
