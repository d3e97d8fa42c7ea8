// expected: encoding-token.isa.js:5:19: "0x00" in the encoding: bits such as 0101, a field such as rd or imm[11:5], or - expected: `0000 0x00`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op", "0000 0x00", () => {});
