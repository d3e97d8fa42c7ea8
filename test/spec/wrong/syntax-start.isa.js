// expected: syntax-start.isa.js:5:13: a syntax begins with the letters of the instruction's name: `+ {rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("+ {rd}", "00000 rd", () => {});
