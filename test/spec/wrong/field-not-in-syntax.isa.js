// expected: field-not-in-syntax.isa.js:5:24: the operand "rs" of the encoding is missing from the syntax "ld {rd}": `00 rd rs`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {rd}", "00 rd rs", () => {});
