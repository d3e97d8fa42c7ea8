// @ts-check
// What every RISC-V extension stands on: XLEN, the integer registers, the privilege mode, the operands' names, traps.

/** 32 or 64: the width of the integer registers and of an address. */
export const XLEN = parameter("XLEN", [32, 64], 64);

isa("riscv", { title: `RISC-V RV${XLEN}`, unit: 16, endian: "little", address: XLEN });

/** Register names of the calling convention (psABI, "Register Convention"), the ones binutils prints first. */
const abiNames = [
	["zero"],
	["ra"],
	["sp"],
	["gp"],
	["tp"],
	["t0"],
	["t1"],
	["t2"],
	["s0", "fp"],
	["s1"],
	["a0"],
	["a1"],
	["a2"],
	["a3"],
	["a4"],
	["a5"],
	["a6"],
	["a7"],
	["s2"],
	["s3"],
	["s4"],
	["s5"],
	["s6"],
	["s7"],
	["s8"],
	["s9"],
	["s10"],
	["s11"],
	["t3"],
	["t4"],
	["t5"],
	["t6"],
];

// The integer registers (unprivileged manual, section 2.1). x0 reads as 0 and ignores writes.
export const x = registers("x", { count: 32, width: XLEN, zero: 0, names: abiNames.map((names, i) => [...names, `x${i}`]) });

/** Privilege modes (privileged manual, section 1.2). */
export const Mode = { U: 0, S: 1, M: 3 };

// The privilege mode. It is part of a block's key, so semantics may test it for nothing.
export const hart = state({ mode: 2 }, { kind: "context" });

/** Exception codes of mcause (privileged manual, table 3.6). */
export const Cause = {
	instructionMisaligned: 0,
	instructionAccess: 1,
	illegalInstruction: 2,
	breakpoint: 3,
	loadMisaligned: 4,
	loadAccess: 5,
	storeMisaligned: 6,
	storeAccess: 7,
	environmentCall: 8, // + mode
	instructionPage: 12,
	loadPage: 13,
	storePage: 15,
};

/** The instruction's own bits, as mtval shows them: 16 of a compressed instruction, else 32. */
export const encodingBits = () => (bits(raw, 1, 0) == 3 ? zext(raw, XLEN) : zext(bits(raw, 15, 0), XLEN));

/** Raises illegal-instruction with the encoding in mtval. */
export const illegalInstruction = () => trap(Cause.illegalInstruction, encodingBits());

/** A result of the W instructions of RV64: 32 bits, sign-extended. */
export const word = (v) => sext(bits(v, 31, 0), XLEN);

// The names that encodings and assembly use. `imm` is the sign-extended immediate of the I and S formats, `offset` the pc-relative
// one of the B and J formats, `upper` the 20 bits of the U format, as binutils writes them.
operands({
	rd: reg(x),
	rs1: reg(x),
	rs2: reg(x),
	imm: signed(XLEN),
	offset: relative(XLEN),
	upper: unsigned(20, { show: "hex" }),
	shamt: unsigned(XLEN, { show: "hex" }),
	uimm: unsigned(XLEN),
});
