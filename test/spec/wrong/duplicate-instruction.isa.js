// expected: duplicate-instruction.isa.js:6:1: duplicate instruction: duplicate-instruction.isa.js:5 has this syntax already: `op {rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op {rd}", "00000 rd", () => {});
instruction("op {rd}", "00001 rd", () => {});
