// expected: register-number-width.isa.js:6:4: a register number of 8 bits; the file x has 8 registers, use 3 bits: `imm`
isa("toy", { title: "Toy", unit: 8, address: 16 });
const x = registers("x", { count: 8, width: 8, zero: 0 });
operands({ rd: reg(x), rs: reg(x), imm: signed(8), off: relative(16) });
instruction("op {imm}", "imm[7:0]", ({ imm }) => {
	x[imm] = 1;
});
