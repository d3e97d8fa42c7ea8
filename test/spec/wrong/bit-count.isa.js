// expected: bit-count.isa.js:5:30: the encoding has 7 bits in a word; a word is a multiple of 8 bits: `0001 rd / imm[7:0]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {rd},{imm}", "0001 rd / imm[7:0]", () => {});
