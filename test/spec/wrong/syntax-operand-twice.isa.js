// expected: syntax-operand-twice.isa.js:5:13: the operand {rd} stands twice in the syntax: `add {rd},{rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("add {rd},{rd}", "00000 rd", () => {});
