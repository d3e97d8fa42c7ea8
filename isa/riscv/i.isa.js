// @ts-check
// RV32I and RV64I, in the order of the unprivileged manual (20191213), chapters 2 and 5.
import { Cause, hart, word, XLEN, x } from "./base.isa.js";

// The base integer instructions.
extension("i", "RV32I/RV64I Base Integer Instruction Set");

/** A shift amount's place: five bits on RV32, six on RV64, where the register form's funct7 loses one. */
const shift = (funct7) => (XLEN == 64 ? `${funct7.slice(0, 6)} shamt[5:0]` : `${funct7} shamt[4:0]`);

/** What the integer operations compute. The register, immediate and compressed forms share these. */
export const op = {
	add: (a, b) => a + b,
	sub: (a, b) => a - b,
	slt: (a, b) => zext(s(a) < s(b), XLEN),
	sltu: (a, b) => zext(u(a) < u(b), XLEN),
	xor: (a, b) => a ^ b,
	or: (a, b) => a | b,
	and: (a, b) => a & b,
	sll: (a, b) => a << (b & (XLEN - 1)),
	srl: (a, b) => a >>> (b & (XLEN - 1)),
	sra: (a, b) => a >> (b & (XLEN - 1)),
	addw: (a, b) => word(a + b),
	subw: (a, b) => word(a - b),
	sllw: (a, b) => sext(bits(a, 31, 0) << bits(b, 4, 0), XLEN),
	srlw: (a, b) => sext(bits(a, 31, 0) >>> bits(b, 4, 0), XLEN),
	sraw: (a, b) => sext(bits(a, 31, 0) >> bits(b, 4, 0), XLEN),
};

/** Loads and stores, shared with the compressed forms: `width` bits at rs1 + imm. */
export const loadSigned = (width, { rd, rs1, imm }) => {
	x[rd] = sext(load(x[rs1] + imm, width), XLEN);
};
export const loadUnsigned = (width, { rd, rs1, imm }) => {
	x[rd] = zext(load(x[rs1] + imm, width), XLEN);
};
export const storeLow = (width, { rs1, rs2, imm }) => {
	store(x[rs1] + imm, bits(x[rs2], width - 1, 0));
};

/** Jumps, shared with the compressed forms. `next` is pc + 4 here and pc + 2 there. */
export const jal = ({ rd, offset }) => {
	const target = pc + offset;
	x[rd] = next;
	jump(target);
};
export const jalr = ({ rd, rs1, imm }) => {
	const target = (x[rs1] + imm) & ~constant(1, XLEN);
	x[rd] = next;
	jump(target);
};
export const branch = (condition, offset) => {
	if (condition) jump(pc + offset);
};

/** EBREAK and C.EBREAK: a breakpoint exception (mtval is 0, as in QEMU). */
export const breakpoint = () => trap(Cause.breakpoint, 0);

/* ---- 2.4 integer computational instructions ------------------------------------------------------------------ */

// LUI places the 20-bit immediate in bits 31:12 and fills the low 12 bits with zeros (2.4); RV64 sign-extends the result (5.2).
export const lui = ({ rd, upper }) => {
	x[rd] = sext(cat(upper, constant(0, 12)), XLEN);
};
instruction("lui {rd},{upper}", "upper[19:0] rd 0110111", lui);

// AUIPC adds the same number to the address of the instruction (2.4).
instruction("auipc {rd},{upper}", "upper[19:0] rd 0010111", ({ rd, upper }) => {
	x[rd] = pc + sext(cat(upper, constant(0, 12)), XLEN);
});

// Register-immediate: rs1 and the sign-extended 12-bit immediate (2.4). SLTI gives 1 when rs1 is less, SLTIU compares as unsigned.
for (const [name, funct3, f] of /** @type {[string, string, Binary][]} */ ([
	["addi", "000", op.add],
	["slti", "010", op.slt],
	["sltiu", "011", op.sltu],
	["xori", "100", op.xor],
	["ori", "110", op.or],
	["andi", "111", op.and],
])) {
	instruction(`${name} {rd},{rs1},{imm}`, `imm[11:0] rs1 ${funct3} rd 0010011`, ({ rd, rs1, imm }) => {
		x[rd] = f(x[rs1], imm);
	});
}

// Shifts by a constant (2.4). On RV32 an encoding with shamt[5] set is reserved; RV64 uses it (5.2).
for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
	["slli", "0000000", "001", op.sll],
	["srli", "0000000", "101", op.srl],
	["srai", "0100000", "101", op.sra],
])) {
	instruction(`${name} {rd},{rs1},{shamt}`, `${shift(funct7)} rs1 ${funct3} rd 0010011`, ({ rd, rs1, shamt }) => {
		x[rd] = f(x[rs1], shamt);
	});
}

// Register-register (2.4). Shifts take the low 5 (RV64: 6) bits of rs2.
for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
	["add", "0000000", "000", op.add],
	["sub", "0100000", "000", op.sub],
	["sll", "0000000", "001", op.sll],
	["slt", "0000000", "010", op.slt],
	["sltu", "0000000", "011", op.sltu],
	["xor", "0000000", "100", op.xor],
	["srl", "0000000", "101", op.srl],
	["sra", "0100000", "101", op.sra],
	["or", "0000000", "110", op.or],
	["and", "0000000", "111", op.and],
])) {
	instruction(`${name} {rd},{rs1},{rs2}`, `${funct7} rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = f(x[rs1], x[rs2]);
	});
}

if (XLEN == 64) {
	// ADDIW adds in 32 bits and sign-extends the result (5.2).
	instruction("addiw {rd},{rs1},{imm}", "imm[11:0] rs1 000 rd 0011011", ({ rd, rs1, imm }) => {
		x[rd] = op.addw(x[rs1], imm);
	});

	// Shifts of the low 32 bits by a constant; encodings with shamt[5] set are reserved (5.2).
	for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
		["slliw", "0000000", "001", op.sllw],
		["srliw", "0000000", "101", op.srlw],
		["sraiw", "0100000", "101", op.sraw],
	])) {
		instruction(`${name} {rd},{rs1},{shamt}`, `${funct7} shamt[4:0] rs1 ${funct3} rd 0011011`, ({ rd, rs1, shamt }) => {
			x[rd] = f(x[rs1], shamt);
		});
	}

	// Register-register on the low 32 bits; shifts take the low 5 bits of rs2 (5.2).
	for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
		["addw", "0000000", "000", op.addw],
		["subw", "0100000", "000", op.subw],
		["sllw", "0000000", "001", op.sllw],
		["srlw", "0000000", "101", op.srlw],
		["sraw", "0100000", "101", op.sraw],
	])) {
		instruction(`${name} {rd},{rs1},{rs2}`, `${funct7} rs2 rs1 ${funct3} rd 0111011`, ({ rd, rs1, rs2 }) => {
			x[rd] = f(x[rs1], x[rs2]);
		});
	}
}

/* ---- 2.5 control transfer ------------------------------------------------------------------------------------ */

// JAL jumps within +-1 MiB and leaves the return address in rd (2.5).
instruction("jal {rd},{offset}", "offset[20|10:1|11|19:12] rd 1101111", jal);

// JALR jumps to rs1 + imm with bit 0 cleared and leaves the return address in rd (2.5).
instruction(["jalr {rd},{imm}({rs1})", "jalr {rd},{rs1},{imm}"], "imm[11:0] rs1 000 rd 1100111", jalr);

// Conditional branches within +-4 KiB (2.5).
for (const [name, funct3, taken] of /** @type {[string, string, Condition][]} */ ([
	["beq", "000", (a, b) => a == b],
	["bne", "001", (a, b) => a != b],
	["blt", "100", (a, b) => s(a) < s(b)],
	["bge", "101", (a, b) => s(a) >= s(b)],
	["bltu", "110", (a, b) => u(a) < u(b)],
	["bgeu", "111", (a, b) => u(a) >= u(b)],
])) {
	instruction(`${name} {rs1},{rs2},{offset}`, `offset[12|10:5] rs2 rs1 ${funct3} offset[4:1|11] 1100011`, ({ rs1, rs2, offset }) =>
		branch(taken(x[rs1], x[rs2]), offset),
	);
}

/* ---- 2.6 load and store -------------------------------------------------------------------------------------- */

// Loads from rs1 + imm, sign-extended (2.6, 5.3).
for (const [name, funct3, width] of /** @type {[string, string, number][]} */ ([
	["lb", "000", 8],
	["lh", "001", 16],
	["lw", "010", 32],
	...(XLEN == 64 ? [["ld", "011", 64]] : []),
])) {
	instruction(`${name} {rd},{imm}({rs1})`, `imm[11:0] rs1 ${funct3} rd 0000011`, (o) => loadSigned(width, o));
}

// Loads from rs1 + imm, zero-extended (2.6, 5.3).
for (const [name, funct3, width] of /** @type {[string, string, number][]} */ ([
	["lbu", "100", 8],
	["lhu", "101", 16],
	...(XLEN == 64 ? [["lwu", "110", 32]] : []),
])) {
	instruction(`${name} {rd},{imm}({rs1})`, `imm[11:0] rs1 ${funct3} rd 0000011`, (o) => loadUnsigned(width, o));
}

// Stores of the low bits of rs2 to rs1 + imm (2.6, 5.3).
for (const [name, funct3, width] of /** @type {[string, string, number][]} */ ([
	["sb", "000", 8],
	["sh", "001", 16],
	["sw", "010", 32],
	...(XLEN == 64 ? [["sd", "011", 64]] : []),
])) {
	instruction(`${name} {rs2},{imm}({rs1})`, `imm[11:5] rs2 rs1 ${funct3} imm[4:0] 0100011`, (o) => storeLow(width, o));
}

/* ---- 2.7 memory ordering ------------------------------------------------------------------------------------- */

/** Sets of device input, device output, memory reads, memory writes. */
const accesses = choice({
	unknown: 0,
	w: 1,
	r: 2,
	rw: 3,
	o: 4,
	ow: 5,
	or: 6,
	orw: 7,
	i: 8,
	iw: 9,
	ir: 10,
	irw: 11,
	io: 12,
	iow: 13,
	ior: 14,
	iorw: 15,
});
operands({ pred: accesses, succ: accesses, fm: unsigned(4) });

// FENCE orders memory accesses (2.7). Every processor here keeps program order, so there is nothing to do. With pred w and an empty succ it is PAUSE, see zihintpause.
for (const where of /** @type {Record<string, Only>[]} */ ([{ succ: not(0) }, { succ: only(0), pred: not(1) }])) {
	instruction("fence {pred},{succ}", "0000 pred[3:0] succ[3:0] 00000 000 00000 0001111", () => {}, { where });
}
// FENCE.TSO orders all but earlier writes against later reads (2.7).
instruction("fence.tso", "1000 0011 0011 00000 000 00000 0001111", () => {});

// The other values of fm, rs1 and rd are reserved; the manual has them executed as a normal fence (2.7). binutils has no name for them.
for (const [encoding, where] of /** @type {[string, Record<string, Only>][]} */ ([
	["fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", { rd: not(0) }],
	["fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", { rd: only(0), rs1: not(0) }],
	["fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", { rd: only(0), rs1: only(0), fm: not(0, 8) }],
	["fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", { rd: only(0), rs1: only(0), fm: only(8), pred: not(3) }],
	["fm[3:0] pred[3:0] succ[3:0] rs1 000 rd 0001111", { rd: only(0), rs1: only(0), fm: only(8), pred: only(3), succ: not(3) }],
])) {
	instruction("fence.reserved {fm},{pred},{succ},{rs1},{rd}", encoding, () => {}, { where });
}

/* ---- 2.8 environment call and breakpoints -------------------------------------------------------------------- */

// ECALL asks the execution environment: exception 8 from U mode, 11 from M mode (2.8; privileged manual, 3.3.1).
instruction("ecall", "000000000000 00000 000 00000 1110011", () => trap(zext(hart.mode, XLEN) + Cause.environmentCall, 0));

// EBREAK (2.8). Between `slli x0,x0,0x1f` and `srai x0,x0,7`, all three in one page, it is a semihosting call: operation in a0, parameters in a1, answer in a0
// (RISC-V semihosting 0.4, "binary interface"). Only where the machine offers it.
instruction("ebreak", "000000000001 00000 000 00000 1110011", () => {
	const inPage = bits(pc, 11, 0);
	if (offers("semihosting") && u(inPage) >= 4 && u(inPage) <= 4096 - 8) {
		if (load(pc - 4, 32, { access: "fetch" }) == 0x01f01013 && load(pc + 4, 32, { access: "fetch" }) == 0x40705013) {
			x[10] = hostcall("semihosting", x[10], x[11]);
		} else breakpoint();
	} else breakpoint();
});
