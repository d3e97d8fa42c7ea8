// expected: register-number.isa.js:6:4: register 8 of the file x, which has 8: `8`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op", "00000000", () => {
	x[8] = 1;
});
