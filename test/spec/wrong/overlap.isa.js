// expected: overlap.isa.js:6:25: the encoding overlaps with one {rd} (overlap.isa.js:5): the bytes 00 are both: `0000 rd[0] 000`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("one {rd}", "00 rd 000", () => {});
instruction("two {rd}", "0000 rd[0] 000", () => {}, { where: { rd: only(0, 1) } });
