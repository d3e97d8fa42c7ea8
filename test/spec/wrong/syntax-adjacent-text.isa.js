// expected: syntax-adjacent-text.isa.js:5:13: {rd} stands directly behind "ld r", so it cannot be read back: `ld r{rd}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld r{rd}", "00000 rd", () => {});
