// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of the NMOS 6502: zero-page wrap, decimal ADC with its odd flags, the indirect jump's page bug.
isa("m6502", { title: "MOS 6502 sketch", unit: 8, address: 16 });

const r = state({ a: 8, x: 8, y: 8, s: 8 });
const f = state({ n: 1, v: 1, d: 1, i: 1, z: 1, c: 1 });

operands({
	imm: unsigned(8, { show: "hex" }),
	zp: unsigned(8, { show: "hex" }),
	abs: unsigned(16, { show: "hex" }),
	offset: relative(16, { plus: 2 }),
});

const setNz = (value) => {
	f.n = bit(value, 7);
	f.z = value == 0;
};
// Two bytes of the zero page; the second wraps within it.
const zeroPagePointer = (at) => cat(load(zext(at + 1, 16), 8), load(zext(at, 16), 8));
const push = (value) => {
	store(cat(constant(1, 8), r.s), value);
	r.s = r.s - 1;
};
const pull = () => {
	r.s = r.s + 1;
	return load(cat(constant(1, 8), r.s), 8);
};
// Decimal mode: Z from the binary sum, N and V from the sum after the low digit is corrected, C after the high one.
const adc = (operand) => {
	const binary = addc(r.a, operand, f.c);
	if (f.d == 1) {
		const low = zext(bits(r.a, 3, 0), 9) + zext(bits(operand, 3, 0), 9) + zext(f.c, 9);
		const adjusted = u(low) > u(constant(9, 9)) ? ((low + 6) & 15) + 16 : low;
		const sum = zext(r.a & 0xf0, 9) + zext(operand & 0xf0, 9) + adjusted;
		f.z = binary.sum == 0;
		f.n = bit(sum, 7);
		f.v = bit(~(r.a ^ operand) & (r.a ^ bits(sum, 7, 0)), 7);
		const over = u(sum) > u(constant(0x9f, 9));
		f.c = over;
		r.a = bits(over ? sum + 0x60 : sum, 7, 0);
	} else {
		setNz(binary.sum);
		f.c = binary.carry;
		f.v = binary.overflow;
		r.a = binary.sum;
	}
};
const lda = (value) => {
	r.a = value;
	setNz(value);
};

instruction("lda #{imm}", "10101001 / imm[7:0]", ({ imm }) => lda(imm));
instruction("lda {zp}", "10100101 / zp[7:0]", ({ zp }) => lda(load(zext(zp, 16), 8)));
instruction("lda {zp},x", "10110101 / zp[7:0]", ({ zp }) => lda(load(zext(zp + r.x, 16), 8)));
instruction("lda ({zp},x)", "10100001 / zp[7:0]", ({ zp }) => lda(load(zeroPagePointer(zp + r.x), 8)));
instruction("lda ({zp}),y", "10110001 / zp[7:0]", ({ zp }) => lda(load(zeroPagePointer(zp) + zext(r.y, 16), 8)));
instruction("sta {zp},x", "10010101 / zp[7:0]", ({ zp }) => store(zext(zp + r.x, 16), r.a));
instruction("adc #{imm}", "01101001 / imm[7:0]", ({ imm }) => adc(imm));
instruction("adc {zp}", "01100101 / zp[7:0]", ({ zp }) => adc(load(zext(zp, 16), 8)));
instruction("inc {zp}", "11100110 / zp[7:0]", ({ zp }) => {
	const value = load(zext(zp, 16), 8) + 1;
	store(zext(zp, 16), value);
	setNz(value);
});
instruction("asl a", "00001010", () => {
	f.c = bit(r.a, 7);
	r.a = r.a << 1;
	setNz(r.a);
});
instruction("sed", "11111000", () => {
	f.d = 1;
});
for (const [name, opcode, flag, value] of [
	["bne", "11010000", () => f.z, 0],
	["beq", "11110000", () => f.z, 1],
	["bcs", "10110000", () => f.c, 1],
	["bmi", "00110000", () => f.n, 1],
]) {
	instruction(`${name} {offset}`, `${opcode} / offset[7:0]`, ({ offset }) => {
		if (flag() == value) jump(pc + 2 + offset);
	});
}
instruction("jmp {abs}", "01001100 / abs[15:0]", ({ abs }) => jump(abs));
// The pointer's high byte is fetched from the same page.
instruction("jmp ({abs})", "01101100 / abs[15:0]", ({ abs }) => jump(cat(load(cat(bits(abs, 15, 8), bits(abs, 7, 0) + 1), 8), load(abs, 8))));
instruction("jsr {abs}", "00100000 / abs[15:0]", ({ abs }) => {
	const back = pc + 2;
	push(bits(back, 15, 8));
	push(bits(back, 7, 0));
	jump(abs);
});
instruction("rts", "01100000", () => {
	const low = pull();
	const high = pull();
	jump(cat(high, low) + 1);
});

machine({
	illegal: () => trap(0, 0),
	fault: (access, kind, address) => trap(1, address),
	plain: () => constant(1, 1),
	enter: (cause, value) => jump(0xfffe),
});
