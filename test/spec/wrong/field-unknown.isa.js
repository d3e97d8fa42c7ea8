// expected: field-unknown.isa.js:5:24: unknown field "rt" in the encoding; the operands of this instruction stand in its syntax and in operands(): `00000 rt`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {rd}", "00000 rt", () => {});
