// expected: field-slices.isa.js:5:25: "imm[7-0]" in the encoding: slices such as [11:5], [4] or [12|10:5] expected: `00000000 / imm[7-0]`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("ld {imm}", "00000000 / imm[7-0]", () => {});
