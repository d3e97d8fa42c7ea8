// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of Thumb-2: flags, IT blocks, pc as an operand, a 16- and a 32-bit encoding of one instruction.
isa("thumb", { title: "Thumb-2 sketch", unit: 16, address: 32 });

const gpr = registers("gpr", { count: 15, width: 32, names: range(15).map((i) => [`r${i}`]) });
// r15 is the pc: reading it gives the address of the instruction + 4, so it is a hole in the file.
const r = file("r", [...range(15).map((i) => gpr[i]), null], { names: [...range(13).map((i) => [`r${i}`]), ["sp", "r13"], ["lr", "r14"], ["pc", "r15"]] });
const f = state({ n: 1, z: 1, c: 1, v: 1 });
const context = state({ it: 8 }, { kind: "context" });

operands({
	rd: reg(r),
	rn: reg(r),
	rm: reg(r),
	rt: reg(r),
	imm: unsigned(32),
	offset: relative(32, { plus: 4 }),
	cond: choice({ eq: 0, ne: 1, cs: 2, cc: 3, mi: 4, pl: 5, vs: 6, vc: 7, hi: 8, ls: 9, ge: 10, lt: 11, gt: 12, le: 13, al: 14 }),
	mask: choice({ "": 8, t: 4, e: 12, tt: 2, te: 6, et: 10, ee: 14 }),
	setflags: choice({ "": 0, s: 1 }),
	label: unsigned(32),
});

const read = (i) => (i == 15 ? pc + 4 : r[i]);
const passed = (cond) => {
	const base = bits(cond, 3, 1);
	const holds =
		base == 0
			? f.z
			: base == 1
				? f.c
				: base == 2
					? f.n
					: base == 3
						? f.v
						: base == 4
							? f.c & ~f.z
							: base == 5
								? f.n == f.v
								: base == 6
									? (f.n == f.v) & ~f.z
									: constant(1, 1);
	return bit(cond, 0) == 1 && cond != 15 ? ~holds : holds;
};
const setNz = (value) => {
	f.n = bit(value, 31);
	f.z = value == 0;
};
const add = (a, b, carryIn, flags) => {
	const { sum, carry, overflow } = addc(a, b, carryIn);
	if (flags == 1) {
		setNz(sum);
		f.c = carry;
		f.v = overflow;
	}
	return sum;
};
// 16-bit arithmetic sets the flags outside an IT block only.
const outside = () => context.it == 0;

instruction("movs {rd},#{imm}", "00100 rd[2:0] imm[7:0]", ({ rd, imm }) => {
	r[rd] = imm;
	if (outside()) setNz(imm);
});
instruction("adds {rd},{rn},{rm}", "0001100 rm[2:0] rn[2:0] rd[2:0]", ({ rd, rn, rm }) => {
	r[rd] = add(r[rn], r[rm], constant(0, 1), outside());
});
// The same addition, 32 bits long; the flags only if asked for.
instruction(
	"add{setflags}.w {rd},{rn},{rm}",
	"11101011000 setflags[0] rn / 0 000 rd 00 00 rm",
	({ setflags, rd, rn, rm }) => {
		r[rd] = add(r[rn], r[rm], constant(0, 1), setflags);
	},
	{ where: { rd: not(13, 15), rn: not(13, 15), rm: not(13, 15) } },
);
instruction(
	"adc{setflags}.w {rd},{rn},{rm}",
	"11101011010 setflags[0] rn / 0 000 rd 00 00 rm",
	({ setflags, rd, rn, rm }) => {
		r[rd] = add(r[rn], r[rm], f.c, setflags);
	},
	{ where: { rd: not(13, 15), rn: not(13, 15), rm: not(13, 15) } },
);
// High registers; pc may be read, and may be written as a branch.
instruction("add {rd},{rm}", "01000100 rd[3] rm[3:0] rd[2:0]", ({ rd, rm }) => {
	const sum = read(rd) + read(rm);
	if (rd == 15) jump(sum & ~1);
	else r[rd] = sum;
});
instruction("cmp {rn},#{imm}", "00101 rn[2:0] imm[7:0]", ({ rn, imm }) => {
	add(r[rn], ~imm, constant(1, 1), constant(1, 1));
});
instruction("ldr {rt},[pc,#{imm}]", "01001 rt[2:0] imm[9:2]", ({ rt, imm }) => {
	r[rt] = load(((pc + 4) & ~3) + imm, 32);
});
instruction("str {rt},[{rn},#{imm}]", "01100 imm[6:2] rn[2:0] rt[2:0]", ({ rt, rn, imm }) => {
	store(r[rn] + imm, r[rt]);
});
instruction(
	"b{cond} {offset}",
	"1101 cond[3:0] offset[8:1]",
	({ cond, offset }) => {
		if (passed(cond)) jump(pc + 4 + offset);
	},
	{ where: { cond: not(14, 15) } },
);
instruction("b {offset}", "11100 offset[11:1]", ({ offset }) => jump(pc + 4 + offset));
instruction("bx {rm}", "010001110 rm[3:0] 000", ({ rm }) => jump(read(rm) & ~1));
// The next one to four instructions are conditional; the state is part of a block's key, so nothing of it is left in translated code.
instruction(
	"it{mask} {cond}",
	"10111111 cond[3:0] mask[3:0]",
	({ cond, mask }) => {
		context.it = cat(cond, mask);
	},
	{ where: { mask: not(0), cond: not(15) } },
);

machine({
	step: (execute) => {
		const it = context.it;
		if (it == 0) execute();
		else {
			if (passed(bits(it, 7, 4))) execute();
			context.it = bits(it, 2, 0) == 0 ? constant(0, 8) : cat(bits(it, 7, 5), bits(it, 3, 0), constant(0, 1));
		}
	},
	illegal: () => trap(1, 0),
	fault: (access, kind, address) => trap(2, address),
	plain: () => constant(1, 1),
	enter: (cause, value) => jump(0),
});
