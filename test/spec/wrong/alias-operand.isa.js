// expected: alias-operand.isa.js:6:18: the meaning uses {rd}, which the alias does not have: `op {rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op {rd}", "00000 rd", () => {});
alias("po {rs}", "op {rd}");
