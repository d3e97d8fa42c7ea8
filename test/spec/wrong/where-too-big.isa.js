// expected: where-too-big.isa.js:5:61: where: 8 does not fit rd, which has 3 bits: `not(8)`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op {rd}", "00000 rd", () => {}, { where: { rd: not(8) } });
