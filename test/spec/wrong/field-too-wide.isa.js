// expected: field-too-wide.isa.js:5:25: imm has 16 bits in the encoding, more than the 8 of its value: `00000000 / imm[15:0]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {imm}", "00000000 / imm[15:0]", () => {});
