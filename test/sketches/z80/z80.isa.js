// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of the Z80: DD and DD CB prefixes, register pairs over halves, half-carry and the undocumented flags, DAA, a repeating instruction, ports.
isa("z80", { title: "Zilog Z80 sketch", unit: 8, address: 16 });

const m = state({ a: 8, b: 8, c: 8, d: 8, e: 8, h: 8, l: 8, i: 8, r: 8, sp: 16, ixh: 8, ixl: 8, iyh: 8, iyl: 8 });
const shadow = state({ af_: 16, bc_: 16, de_: 16, hl_: 16 });
// One bit a flag; y and x are the undocumented copies of bits 5 and 3. Named with a leading f: c and h are registers.
const f = state({ fs: 1, fz: 1, fy: 1, fh: 1, fx: 1, fp: 1, fn: 1, fc: 1 });
const v = views({
	f: [f.fs, f.fz, f.fy, f.fh, f.fx, f.fp, f.fn, f.fc],
	bc: [m.b, m.c],
	de: [m.d, m.e],
	hl: [m.h, m.l],
	ix: [m.ixh, m.ixl],
	iy: [m.iyh, m.iyl],
});
const r8 = file("r8", [m.b, m.c, m.d, m.e, m.h, m.l, null, m.a], { names: [["b"], ["c"], ["d"], ["e"], ["h"], ["l"], ["(hl)"], ["a"]] });
const io = memory("io", { address: 16 });

operands({
	to: reg(r8),
	from: reg(r8),
	imm: unsigned(8, { show: "hex" }),
	index: signed(16),
	offset: relative(16, { plus: 2 }),
	position: unsigned(3),
	pair: choice({ bc: 0, de: 1, hl: 2, sp: 3 }),
	port: unsigned(8, { show: "hex" }),
});
const memoryOperand = { from: not(6) };

const parity = (value) => ~bit(popcount(value), 0);
const undocumented = (value) => {
	f.fy = bit(value, 5);
	f.fx = bit(value, 3);
};
const setSz = (value) => {
	f.fs = bit(value, 7);
	f.fz = value == 0;
	undocumented(value);
};
// Every opcode byte fetched counts in the low seven bits of R.
const fetched = (count) => {
	m.r = (m.r & 0x80) | ((m.r + count) & 0x7f);
};
const halfCarry = (a, b, carry) => addc(bits(a, 3, 0), bits(b, 3, 0), carry).carry;
const add8 = (b, carry) => {
	const { sum, carry: out, overflow } = addc(m.a, b, carry);
	f.fh = halfCarry(m.a, b, carry);
	f.fc = out;
	f.fp = overflow;
	f.fn = 0;
	setSz(sum);
	return sum;
};
const sub8 = (b, borrow) => {
	const { sum, carry, overflow } = addc(m.a, ~b, ~borrow);
	f.fh = ~halfCarry(m.a, ~b, ~borrow);
	f.fc = ~carry;
	f.fp = overflow;
	f.fn = 1;
	setSz(sum);
	return sum;
};
const logic = (value, half) => {
	setSz(value);
	f.fh = half;
	f.fp = parity(value);
	f.fn = 0;
	f.fc = 0;
	return value;
};
const arithmetic = [
	[
		"add a,",
		"000",
		(b) => {
			m.a = add8(b, constant(0, 1));
		},
	],
	[
		"adc a,",
		"001",
		(b) => {
			m.a = add8(b, f.fc);
		},
	],
	[
		"sub ",
		"010",
		(b) => {
			m.a = sub8(b, constant(0, 1));
		},
	],
	[
		"sbc a,",
		"011",
		(b) => {
			m.a = sub8(b, f.fc);
		},
	],
	[
		"and ",
		"100",
		(b) => {
			m.a = logic(m.a & b, 1);
		},
	],
	[
		"xor ",
		"101",
		(b) => {
			m.a = logic(m.a ^ b, 0);
		},
	],
	[
		"or ",
		"110",
		(b) => {
			m.a = logic(m.a | b, 0);
		},
	],
	[
		"cp ",
		"111",
		(b) => {
			sub8(b, constant(0, 1));
			undocumented(b);
		},
	],
];
for (const [name, code, run] of arithmetic) {
	instruction(
		`${name}{from}`,
		`10 ${code} from`,
		({ from }) => {
			fetched(1);
			run(r8[from]);
		},
		{ where: memoryOperand },
	);
	instruction(`${name}(hl)`, `10 ${code} 110`, () => {
		fetched(1);
		run(load(v.hl, 8));
	});
	instruction(`${name}{imm}`, `11 ${code} 110 / imm[7:0]`, ({ imm }) => {
		fetched(1);
		run(imm);
	});
	instruction(`${name}(ix+{index})`, `11011101 / 10 ${code} 110 / index[7:0]`, ({ index }) => {
		fetched(2);
		run(load(v.ix + index, 8));
	});
}
instruction(
	"ld {to},{from}",
	"01 to from",
	({ to, from }) => {
		fetched(1);
		r8[to] = r8[from];
	},
	{ where: { to: not(6), from: not(6) } },
);
instruction(
	"ld {to},(hl)",
	"01 to 110",
	({ to }) => {
		fetched(1);
		r8[to] = load(v.hl, 8);
	},
	{ where: { to: not(6) } },
);
instruction(
	"ld (hl),{from}",
	"01110 from",
	({ from }) => {
		fetched(1);
		store(v.hl, r8[from]);
	},
	{ where: memoryOperand },
);
instruction(
	"ld {to},{imm}",
	"00 to 110 / imm[7:0]",
	({ to, imm }) => {
		fetched(1);
		r8[to] = imm;
	},
	{ where: { to: not(6) } },
);
instruction(
	"inc {to}",
	"00 to 100",
	({ to }) => {
		fetched(1);
		const sum = r8[to] + 1;
		f.fh = bits(r8[to], 3, 0) == 15;
		f.fp = r8[to] == 0x7f;
		f.fn = 0;
		setSz(sum);
		r8[to] = sum;
	},
	{ where: { to: not(6) } },
);
const read16 = (pair) => (pair == 0 ? v.bc : pair == 1 ? v.de : pair == 2 ? v.hl : m.sp);
instruction("add hl,{pair}", "00 pair[1:0] 1001", ({ pair }) => {
	fetched(1);
	const { sum, carry } = addc(v.hl, read16(pair), 0);
	f.fh = addc(bits(v.hl, 11, 0), bits(read16(pair), 11, 0), 0).carry;
	f.fc = carry;
	f.fn = 0;
	undocumented(bits(sum, 15, 8));
	v.hl = sum;
});
instruction("daa", "00100111", () => {
	fetched(1);
	const low = u(bits(m.a, 3, 0)) > u(constant(9, 4)) || f.fh == 1;
	const high = u(m.a) > u(constant(0x99, 8)) || f.fc == 1;
	const by = (low ? constant(6, 8) : constant(0, 8)) | (high ? constant(0x60, 8) : constant(0, 8));
	const result = f.fn == 1 ? m.a - by : m.a + by;
	f.fh = f.fn == 1 ? f.fh & (u(bits(m.a, 3, 0)) < u(constant(6, 4))) : u(bits(m.a, 3, 0)) > u(constant(9, 4));
	f.fc = high;
	f.fp = parity(result);
	setSz(result);
	m.a = result;
});
instruction("djnz {offset}", "00010000 / offset[7:0]", ({ offset }) => {
	fetched(1);
	m.b = m.b - 1;
	if (m.b != 0) jump(pc + 2 + offset);
});
instruction("exx", "11011001", () => {
	fetched(1);
	const [bc, de, hl] = [v.bc, v.de, v.hl];
	v.bc = shadow.bc_;
	v.de = shadow.de_;
	v.hl = shadow.hl_;
	shadow.bc_ = bc;
	shadow.de_ = de;
	shadow.hl_ = hl;
});
instruction("push bc", "11000101", () => {
	fetched(1);
	m.sp = m.sp - 2;
	store(m.sp, v.bc);
});
// Repeats by executing itself again, so that an interrupt can come in between.
instruction("ldir", "11101101 / 10110000", () => {
	fetched(2);
	const value = load(v.hl, 8);
	store(v.de, value);
	v.hl = v.hl + 1;
	v.de = v.de + 1;
	v.bc = v.bc - 1;
	const n = m.a + value;
	f.fh = 0;
	f.fn = 0;
	f.fp = v.bc != 0;
	f.fy = bit(n, 1);
	f.fx = bit(n, 3);
	if (v.bc != 0) {
		f.fy = bit(pc, 13);
		f.fx = bit(pc, 11);
		jump(pc);
	}
});
// DD CB d op: the displacement stands before the last opcode byte.
instruction("set {position},(ix+{index})", "11011101 / 11001011 / index[7:0] / 11 position[2:0] 110", ({ position, index }) => {
	fetched(2);
	const address = v.ix + index;
	store(address, load(address, 8) | (constant(1, 8) << position));
});
instruction(
	"bit {position},(ix+{index})",
	["110", "0--", "10-", "111"].map((rest) => `11011101 / 11001011 / index[7:0] / 01 position[2:0] ${rest}`),
	({ position, index }) => {
		fetched(2);
		const address = v.ix + index;
		const value = load(address, 8) & (constant(1, 8) << position);
		f.fs = bit(value, 7);
		f.fz = value == 0;
		f.fp = value == 0;
		f.fh = 1;
		f.fn = 0;
		undocumented(bits(address, 15, 8));
	},
);
instruction("rlc (ix+{index})", "11011101 / 11001011 / index[7:0] / 00000110", ({ index }) => {
	fetched(2);
	const address = v.ix + index;
	const value = rotl(load(address, 8), constant(1, 3));
	store(address, value);
	setSz(value);
	f.fh = 0;
	f.fn = 0;
	f.fp = parity(value);
	f.fc = bit(value, 0);
});
instruction(
	"in {to},(c)",
	"11101101 / 01 to 000",
	({ to }) => {
		fetched(2);
		const value = load(v.bc, 8, { space: io });
		r8[to] = value;
		setSz(value);
		f.fh = 0;
		f.fn = 0;
		f.fp = parity(value);
	},
	{ where: { to: not(6) } },
);
instruction("out ({port}),a", "11010011 / port[7:0]", ({ port }) => {
	fetched(1);
	store(cat(m.a, port), m.a, { space: io });
});

machine({
	illegal: () => trap(0, 0),
	fault: (access, kind, address) => trap(1, address),
	plain: () => constant(1, 1),
	enter: (cause, value) => jump(0x38),
});
