// expected: field-bare.isa.js:5:25: the field "imm" needs its bits, such as imm[11:0]; only a register's name can stand alone: `00000000 / imm`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {imm}", "00000000 / imm", () => {});
