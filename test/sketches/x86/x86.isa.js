// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of 32-bit x86: ModRM and SIB, partial registers, flags, an optional operand-size prefix.
isa("x86", { title: "x86 sketch", unit: 8, address: 32 });

const g = state({ eax: 32, ecx: 32, edx: 32, ebx: 32, esp: 32, ebp: 32, esi: 32, edi: 32 });
const f = state({ cf: 1, pf: 1, af: 1, zf: 1, sf: 1, of: 1 });
const names32 = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const names16 = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
const all = [g.eax, g.ecx, g.edx, g.ebx, g.esp, g.ebp, g.esi, g.edi];
const r32 = file("r32", all, { names: names32.map((n) => [n]) });
// Writing 8 or 16 bits keeps the rest of the register.
const r16 = file(
	"r16",
	all.map((r) => slice(r, 15, 0)),
	{ names: names16.map((n) => [n]) },
);
const r8 = file("r8", [...[0, 1, 2, 3].map((i) => slice(all[i], 7, 0)), ...[0, 1, 2, 3].map((i) => slice(all[i], 15, 8))], {
	names: [["al"], ["cl"], ["dl"], ["bl"], ["ah"], ["ch"], ["dh"], ["bh"]],
});

operands({
	reg32: reg(r32),
	reg16: reg(r16),
	reg8: reg(r8),
	rm32: reg(r32),
	rm16: reg(r16),
	rm8: reg(r8),
	base: reg(r32),
	index: reg(r32),
	scale: choice({ 1: 0, 2: 1, 4: 2, 8: 3 }),
	disp8: signed(32),
	disp32: signed(32),
	imm8: unsigned(8, { show: "hex" }),
	imm32: unsigned(32, { show: "hex" }),
	imm16: unsigned(16, { show: "hex" }),
	offset8: relative(32, { plus: 2 }),
	offset32: relative(32, { plus: 5 }),
	cc: choice({ o: 0, no: 1, b: 2, ae: 3, e: 4, ne: 5, be: 6, a: 7, s: 8, ns: 9, p: 10, np: 11, l: 12, ge: 13, le: 14, g: 15 }),
});

// The memory forms of ModRM: what follows the opcode, how it is written, where it points.
const forms = [
	{ text: "[{base}]", bytes: (r) => `00 ${r} base`, where: { base: not(4, 5) }, at: (o) => r32[o.base] },
	{ text: "[{disp32}]", bytes: (r) => `00 ${r} 101 / disp32[31:0]`, where: {}, at: (o) => o.disp32 },
	{ text: "[{base}+{disp8}]", bytes: (r) => `01 ${r} base / disp8[7:0]`, where: { base: not(4) }, at: (o) => r32[o.base] + o.disp8 },
	{
		text: "[{base}+{index}*{scale}]",
		bytes: (r) => `00 ${r} 100 / scale[1:0] index base`,
		where: { base: not(5), index: not(4) },
		at: (o) => r32[o.base] + (r32[o.index] << o.scale),
	},
	{ text: "[{base}]", bytes: (r) => `00 ${r} 100 / 00 100 base`, where: { base: not(5) }, at: (o) => r32[o.base] },
	{
		text: "[{base}+{index}*{scale}+{disp8}]",
		bytes: (r) => `01 ${r} 100 / scale[1:0] index base / disp8[7:0]`,
		where: { index: not(4) },
		at: (o) => r32[o.base] + (r32[o.index] << o.scale) + o.disp8,
	},
];

const setSzp = (value) => {
	f.sf = bit(value, widthOf(value) - 1);
	f.zf = value == 0;
	f.pf = ~bit(popcount(bits(value, 7, 0)), 0);
};
const add = (a, b, carry) => {
	const { sum, carry: out, overflow } = addc(a, b, carry);
	f.cf = out;
	f.of = overflow;
	f.af = bit(a ^ b ^ sum, 4);
	setSzp(sum);
	return sum;
};
const subtract = (a, b) => {
	const { sum, carry, overflow } = addc(a, ~b, 1);
	f.cf = ~carry;
	f.of = overflow;
	f.af = bit(a ^ b ^ sum, 4);
	setSzp(sum);
	return sum;
};

for (const [name, opcode, run] of [
	["add", "00000001", (a, b) => add(a, b, constant(0, 1))],
	["adc", "00010001", (a, b) => add(a, b, f.cf)],
]) {
	instruction(`${name} {rm32},{reg32}`, `${opcode} / 11 reg32 rm32`, (o) => {
		r32[o.rm32] = run(r32[o.rm32], r32[o.reg32]);
	});
	// the operand-size prefix
	instruction(`${name} {rm16},{reg16}`, `01100110 / ${opcode} / 11 reg16 rm16`, (o) => {
		r16[o.rm16] = run(r16[o.rm16], r16[o.reg16]);
	});
	for (const form of forms) {
		instruction(
			`${name} ${form.text},{reg32}`,
			`${opcode} / ${form.bytes("reg32")}`,
			(o) => {
				const at = form.at(o);
				store(at, run(load(at, 32), r32[o.reg32]));
			},
			{ where: form.where },
		);
	}
}
instruction("cmp {rm32},{reg32}", "00111001 / 11 reg32 rm32", (o) => {
	subtract(r32[o.rm32], r32[o.reg32]);
});
instruction("add {rm8},{reg8}", "00000000 / 11 reg8 rm8", (o) => {
	r8[o.rm8] = add(r8[o.rm8], r8[o.reg8], constant(0, 1));
});
for (const form of forms) {
	instruction(
		`mov {reg32},${form.text}`,
		`10001011 / ${form.bytes("reg32")}`,
		(o) => {
			r32[o.reg32] = load(form.at(o), 32);
		},
		{ where: form.where },
	);
	instruction(
		`mov {reg16},${form.text}`,
		`01100110 / 10001011 / ${form.bytes("reg16")}`,
		(o) => {
			r16[o.reg16] = load(form.at(o), 16);
		},
		{ where: form.where },
	);
	instruction(
		`lea {reg32},${form.text}`,
		`10001101 / ${form.bytes("reg32")}`,
		(o) => {
			r32[o.reg32] = form.at(o);
		},
		{ where: form.where },
	);
}
instruction("mov {reg8},{imm8}", "10110 reg8 / imm8[7:0]", (o) => {
	r8[o.reg8] = o.imm8;
});
instruction("mov {reg32},{imm32}", "10111 reg32 / imm32[31:0]", (o) => {
	r32[o.reg32] = o.imm32;
});
instruction("mov {reg16},{imm16}", "01100110 / 10111 reg16 / imm16[15:0]", (o) => {
	r16[o.reg16] = o.imm16;
});
instruction("movzx {reg32},{rm8}", "00001111 / 10110110 / 11 reg32 rm8", (o) => {
	r32[o.reg32] = zext(r8[o.rm8], 32);
});
// INC keeps the carry.
instruction("inc {reg32}", "01000 reg32", (o) => {
	const carry = f.cf;
	r32[o.reg32] = add(r32[o.reg32], constant(1, 32), constant(0, 1));
	f.cf = carry;
});
// A shift by 0 changes no flag.
instruction("shl {rm32},cl", "11010011 / 11 100 rm32", (o) => {
	const by = bits(g.ecx, 4, 0);
	if (by != 0) {
		const value = r32[o.rm32];
		const result = value << by;
		f.cf = bits(value >>> (constant(32, 6) - zext(by, 6)), 0, 0);
		f.of = bit(result, 31) ^ f.cf;
		f.af = 0;
		setSzp(result);
		r32[o.rm32] = result;
	}
});
const holds = (cc) => {
	const base = bits(cc, 3, 1);
	const t =
		base == 0
			? f.of
			: base == 1
				? f.cf
				: base == 2
					? f.zf
					: base == 3
						? f.cf | f.zf
						: base == 4
							? f.sf
							: base == 5
								? f.pf
								: base == 6
									? f.sf ^ f.of
									: (f.sf ^ f.of) | f.zf;
	return bit(cc, 0) == 1 ? ~t : t;
};
instruction("j{cc} {offset8}", "0111 cc[3:0] / offset8[7:0]", (o) => {
	if (holds(o.cc)) jump(pc + 2 + o.offset8);
});
instruction("set{cc} {rm8}", "00001111 / 1001 cc[3:0] / 11 000 rm8", (o) => {
	r8[o.rm8] = zext(holds(o.cc), 8);
});
instruction("call {offset32}", "11101000 / offset32[31:0]", (o) => {
	g.esp = g.esp - 4;
	store(g.esp, next);
	jump(next + o.offset32);
});
instruction("push {reg32}", "01010 reg32", (o) => {
	const value = r32[o.reg32];
	g.esp = g.esp - 4;
	store(g.esp, value);
});
instruction("ret", "11000011", () => {
	const to = load(g.esp, 32);
	g.esp = g.esp + 4;
	jump(to);
});

machine({
	illegal: () => trap(6, 0),
	fault: (access, kind, address) => trap(14, address),
	plain: () => constant(1, 1),
	enter: (cause, value) => jump(0),
});
