// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of AVR: a separate program space, skips over one- and two-word instructions, flags, 16-bit pointers over registers.
// The main space is program memory (pc counts bytes; what the stack holds counts words); data memory is a space of its own.
isa("avr", { title: "AVR sketch", unit: 16, address: 24 });

const r = registers("r", { count: 32, width: 8, names: range(32).map((i) => [`r${i}`]) });
const f = state({ fi: 1, ft: 1, fh: 1, fs: 1, fv: 1, fn: 1, fz: 1, fc: 1 });
const m = state({ sp: 16 });
const p = views({ X: [r[27], r[26]], Y: [r[29], r[28]], Z: [r[31], r[30]] });
// The instruction before said to skip this one, however long it is.
const context = state({ skip: 1 }, { kind: "context" });
const data = memory("data", { address: 16 });
const io = memory("io", { address: 6 });

operands({
	d: reg(r),
	s: reg(r),
	high: reg(r, { plus: 16 }),
	imm: unsigned(8, { show: "hex" }),
	position: unsigned(3),
	offset: relative(24, { plus: 2 }),
	port: unsigned(6, { show: "hex" }),
	address: unsigned(16, { show: "hex" }),
	target: unsigned(24, { show: "hex" }),
});

const setNzs = (value) => {
	f.fn = bit(value, 7);
	f.fs = f.fn ^ f.fv;
	f.fz = value == 0;
};
const add = (a, b, carry) => {
	const { sum, carry: out, overflow } = addc(a, b, carry);
	f.fh = addc(bits(a, 3, 0), bits(b, 3, 0), carry).carry;
	f.fc = out;
	f.fv = overflow;
	setNzs(sum);
	return sum;
};
const subtract = (a, b) => {
	const { sum, carry, overflow } = addc(a, ~b, 1);
	f.fh = ~addc(bits(a, 3, 0), ~bits(b, 3, 0), 1).carry;
	f.fc = ~carry;
	f.fv = overflow;
	setNzs(sum);
	return sum;
};

instruction("ldi {high},{imm}", "1110 imm[7:4] high[3:0] imm[3:0]", ({ high, imm }) => {
	r[high] = imm;
});
instruction("add {d},{s}", "000011 s[4] d[4:0] s[3:0]", ({ d, s }) => {
	r[d] = add(r[d], r[s], 0);
});
instruction("adc {d},{s}", "000111 s[4] d[4:0] s[3:0]", ({ d, s }) => {
	r[d] = add(r[d], r[s], f.fc);
});
instruction("subi {high},{imm}", "0101 imm[7:4] high[3:0] imm[3:0]", ({ high, imm }) => {
	r[high] = subtract(r[high], imm);
});
instruction("cpse {d},{s}", "000100 s[4] d[4:0] s[3:0]", ({ d, s }) => {
	context.skip = r[d] == r[s];
});
instruction("sbrc {d},{position}", "1111110 d[4:0] 0 position[2:0]", ({ d, position }) => {
	context.skip = ~bits(r[d] >>> position, 0, 0);
});
instruction("ld {d},X+", "1001000 d[4:0] 1101", ({ d }) => {
	const at = p.X;
	p.X = at + 1;
	r[d] = load(at, 8, { space: data });
});
instruction("st -Y,{d}", "1001001 d[4:0] 1010", ({ d }) => {
	p.Y = p.Y - 1;
	store(p.Y, r[d], { space: data });
});
// Two words long: a skip jumps over both.
instruction("lds {d},{address}", "1001000 d[4:0] 0000 / address[15:0]", ({ d, address }) => {
	r[d] = load(address, 8, { space: data });
});
// Reads the program space.
instruction("lpm {d},Z+", "1001000 d[4:0] 0101", ({ d }) => {
	r[d] = load(zext(p.Z, 24), 8);
	p.Z = p.Z + 1;
});
instruction("out {port},{d}", "10111 port[5:4] d[4:0] port[3:0]", ({ port, d }) => store(port, r[d], { space: io }));
instruction("rjmp {offset}", "1100 offset[12:1]", ({ offset }) => jump(pc + 2 + offset));
instruction("brne {offset}", "111101 offset[7:1] 001", ({ offset }) => {
	if (f.fz == 0) jump(pc + 2 + offset);
});
instruction("rcall {offset}", "1101 offset[12:1]", ({ offset }) => {
	const back = (pc + 2) >>> 1;
	store(m.sp, bits(back, 7, 0), { space: data });
	store(m.sp - 1, bits(back, 15, 8), { space: data });
	m.sp = m.sp - 2;
	jump(pc + 2 + offset);
});
instruction("ret", "1001010100001000", () => {
	const high = load(m.sp + 1, 8, { space: data });
	const low = load(m.sp + 2, 8, { space: data });
	m.sp = m.sp + 2;
	jump(zext(cat(high, low), 24) << 1);
});
instruction("jmp {target}", "1001010 target[22:18] 110 target[17] / target[16:1]", ({ target }) => jump(target));

machine({
	step: (execute) => {
		if (context.skip == 1) context.skip = 0;
		else execute();
	},
	illegal: () => trap(0, 0),
	fault: (access, kind, address) => trap(1, 0),
	plain: () => constant(1, 1),
	enter: (cause, value) => jump(0),
});
