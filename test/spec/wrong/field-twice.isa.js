// expected: field-twice.isa.js:5:25: bit 3 of the field "imm" is used twice: `imm[7:0] / imm[3:0] 0000`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {imm}", "imm[7:0] / imm[3:0] 0000", () => {});
