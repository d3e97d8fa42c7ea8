// expected: encoding-too-long.isa.js:5:19: an encoding of more than 16 bytes: `00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00...`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op", "00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000 / 00000000", () => {});
