// expected: overlap-where.isa.js:6:25: the encoding overlaps with one {rd} (overlap-where.isa.js:5): the bytes 02 are both: `00000 rs`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("one {rd}", "00000 rd", () => {}, { where: { rd: not(0, 1) } });
instruction("two {rs}", "00000 rs", () => {}, { where: { rs: only(0, 2) } });
