// expected: syntax-adjacent.isa.js:5:13: nothing stands between {rd} and {rs}, so it cannot be read back: `ld {rd}{rs}`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {rd}{rs}", "00 rd rs", () => {});
