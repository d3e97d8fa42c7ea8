// expected: where-unknown.isa.js:5:61: where: unknown operand "rs"; this instruction has rd: `not(0)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op {rd}", "00000 rd", () => {}, { where: { rs: not(0) } });
