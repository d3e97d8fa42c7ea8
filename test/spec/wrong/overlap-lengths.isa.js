// expected: overlap-lengths.isa.js:6:27: the encoding overlaps with short (overlap-lengths.isa.js:5): the bytes f0 00 are both: `1111000- / imm[7:0]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("short", "11110000", () => {});
instruction("long {imm}", "1111000- / imm[7:0]", () => {});
