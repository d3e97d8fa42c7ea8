// expected: syntax-operand-missing.isa.js:5:31: the operand {rd} is missing from this syntax: `ld {imm}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction(["ld {rd},{imm}", "ld {imm}"], "00000 rd / imm[7:0]", () => {});
