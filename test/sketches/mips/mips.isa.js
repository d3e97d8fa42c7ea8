// @ts-check
/// <reference path="../../../isa/isa.d.ts" />
// A sketch of MIPS32: branch delay slots, annulled (likely) branches, and a fault in a delay slot.
isa("mips", { title: "MIPS32 sketch", unit: 32, endian: "big", address: 32 });

const names = [
	"zero",
	"at",
	"v0",
	"v1",
	"a0",
	"a1",
	"a2",
	"a3",
	"t0",
	"t1",
	"t2",
	"t3",
	"t4",
	"t5",
	"t6",
	"t7",
	"s0",
	"s1",
	"s2",
	"s3",
	"s4",
	"s5",
	"s6",
	"s7",
	"t8",
	"t9",
	"k0",
	"k1",
	"gp",
	"sp",
	"fp",
	"ra",
];
export const r = registers("r", {
	count: 32,
	width: 32,
	zero: 0,
	names: range(32).map((i) => [`$${names[i]}`, `$${i}`]),
});
// slot: this instruction stands in a delay slot; a known number while a block is translated.
const context = state({ slot: 1 }, { kind: "context" });
// Where control goes after the delay slot.
const pending = state({ target: 32 }, { kind: "hidden" });
export const cp0 = state({ epc: 32, cause: 32, badvaddr: 32 }, { kind: "system" });

operands({
	rs: reg(r),
	rt: reg(r),
	rd: reg(r),
	imm: signed(32),
	uimm: unsigned(32, { show: "hex" }),
	offset: relative(32, { plus: 4 }),
	target: unsigned(32, { show: "hex" }),
	shift: unsigned(5),
});

const delayed = (target) => {
	context.slot = 1;
	pending.target = target;
};
const branch = (taken, offset) => delayed(taken ? pc + 4 + offset : pc + 8);
// A likely branch that is not taken annuls its delay slot.
const likely = (taken, offset) => {
	if (taken) delayed(pc + 4 + offset);
	else jump(pc + 8);
};

instruction("addu {rd},{rs},{rt}", "000000 rs rt rd 00000 100001", ({ rd, rs, rt }) => {
	r[rd] = r[rs] + r[rt];
});
// Traps on overflow.
instruction("add {rd},{rs},{rt}", "000000 rs rt rd 00000 100000", ({ rd, rs, rt }) => {
	const { sum, overflow } = addc(r[rs], r[rt], 0);
	if (overflow) trap(12, 0);
	r[rd] = sum;
});
instruction("addiu {rt},{rs},{imm}", "001001 rs rt imm[15:0]", ({ rt, rs, imm }) => {
	r[rt] = r[rs] + imm;
});
instruction("ori {rt},{rs},{uimm}", "001101 rs rt uimm[15:0]", ({ rt, rs, uimm }) => {
	r[rt] = r[rs] | uimm;
});
instruction("sll {rd},{rt},{shift}", "000000 00000 rt rd shift[4:0] 000000", ({ rd, rt, shift }) => {
	r[rd] = r[rt] << shift;
});
alias("nop", "sll $zero,$zero,0");
instruction("slt {rd},{rs},{rt}", "000000 rs rt rd 00000 101010", ({ rd, rs, rt }) => {
	r[rd] = zext(s(r[rs]) < s(r[rt]), 32);
});
const aligned = (address, mask, cause) => {
	if ((address & mask) != 0) trap(cause, address);
	return address;
};
instruction("lw {rt},{imm}({rs})", "100011 rs rt imm[15:0]", ({ rt, rs, imm }) => {
	r[rt] = load(aligned(r[rs] + imm, 3, 4), 32);
});
instruction("sh {rt},{imm}({rs})", "101001 rs rt imm[15:0]", ({ rt, rs, imm }) => {
	store(aligned(r[rs] + imm, 1, 5), bits(r[rt], 15, 0));
});
for (const [name, opcode, take] of [
	["beq", "000100", (a, b) => a == b],
	["bne", "000101", (a, b) => a != b],
]) {
	instruction(`${name} {rs},{rt},{offset}`, `${opcode} rs rt offset[17:2]`, ({ rs, rt, offset }) => branch(take(r[rs], r[rt]), offset));
}
instruction("beql {rs},{rt},{offset}", "010100 rs rt offset[17:2]", ({ rs, rt, offset }) => likely(r[rs] == r[rt], offset));
instruction("jal {target}", "000011 target[27:2]", ({ target }) => {
	r[31] = pc + 8;
	delayed(((pc + 4) & 0xf0000000) | target);
});
instruction("jr {rs}", "000000 rs 00000 00000 00000 001000", ({ rs }) => delayed(r[rs]));
instruction("syscall", "000000 -------------------- 001100", () => trap(8, 0));

machine({
	step: (execute) => {
		if (context.slot == 1) {
			context.slot = 0;
			execute();
			jump(pending.target);
		} else execute();
	},
	fault: (access, kind, address) => trap(access == 2 ? constant(7, 32) : constant(6, 32), address),
	illegal: () => trap(10, 0),
	plain: () => constant(1, 1),
	// EPC is the branch when the slot faults, and Cause.BD says so.
	enter: (cause, value) => {
		const slot = context.slot;
		cp0.epc = slot == 1 ? pc - 4 : pc;
		cp0.cause = (zext(slot, 32) << 31) | (cause << 2);
		cp0.badvaddr = value;
		context.slot = 0;
		jump(0x80000180);
	},
});
