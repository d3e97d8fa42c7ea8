// expected: operand-duplicate.isa.js:5:16: duplicate operand "rd": `reg(x)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
operands({ rd: reg(x) });
