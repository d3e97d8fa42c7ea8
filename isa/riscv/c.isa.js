// @ts-check
// C: 16-bit encodings of base instructions (unprivileged manual, chapter 16; the order is that of its tables 16.5 to 16.7).
// Encodings the manual calls HINT execute and change nothing; those it calls reserved, or custom on RV32, are no instructions.
import { illegalInstruction, XLEN, x } from "./base.isa.js";
import { f, loadFloat, storeFloat } from "./f.isa.js";
import { branch, breakpoint, jal, jalr, loadSigned, lui, op, storeLow } from "./i.isa.js";

// Compressed instructions. binutils lists them in the spelling of the instruction they stand for; that is what the aliases do.
extension("c", "Standard Extension for Compressed Instructions");

/** A register of x8 to x15, in three bits: the manual's rd', rs1', rs2'. */
const popular = reg(x, { plus: 8 });
const popularFloat = reg(f, { plus: 8 });
operands({
	rdp: popular,
	rs1p: popular,
	rs2p: popular,
	fdp: popularFloat,
	fs2p: popularFloat,
	/** C.LUI: a sign-extended 6-bit number, shown as the 20 bits lui would have. */
	upper6: table(
		20,
		range(64).map((i) => (i < 32 ? i : 0x100000 - 64 + i)),
		{ show: "hex" },
	),
});

/** A shift amount is five bits on RV32: bit 12 set is for custom use there. */
const shamt5 = XLEN == 64 ? "shamt[5]" : "0";

/* ---- quadrant 0 ---------------------------------------------------------------------------------------------- */

// The all-zero halfword is illegal on purpose (16.1).
instruction("c.unimp", "0000000000000000", illegalInstruction);
alias("unimp", "c.unimp");

// C.ADDI4SPN: rd' = sp + a multiple of 4; 0 is reserved (16.5).
instruction(
	"c.addi4spn {rdp},sp,{uimm}",
	"000 uimm[5:4|9:6|2|3] rdp[2:0] 00",
	({ rdp, uimm }) => {
		x[rdp] = op.add(x[2], uimm);
	},
	{ where: { uimm: not(0) } },
);
alias("add {rdp},sp,{uimm}", "c.addi4spn {rdp},sp,{uimm}");

// Loads and stores of popular registers, the offset scaled by the width (16.3).
instruction("c.lw {rdp},{uimm}({rs1p})", "010 uimm[5:3] rs1p[2:0] uimm[2|6] rdp[2:0] 00", ({ rdp, rs1p, uimm }) =>
	loadSigned(32, { rd: rdp, rs1: rs1p, imm: uimm }),
);
instruction("c.sw {rs2p},{uimm}({rs1p})", "110 uimm[5:3] rs1p[2:0] uimm[2|6] rs2p[2:0] 00", ({ rs2p, rs1p, uimm }) =>
	storeLow(32, { rs1: rs1p, rs2: rs2p, imm: uimm }),
);
alias("lw {rdp},{uimm}({rs1p})", "c.lw {rdp},{uimm}({rs1p})");
alias("sw {rs2p},{uimm}({rs1p})", "c.sw {rs2p},{uimm}({rs1p})");
if (XLEN == 64) {
	instruction("c.ld {rdp},{uimm}({rs1p})", "011 uimm[5:3] rs1p[2:0] uimm[7:6] rdp[2:0] 00", ({ rdp, rs1p, uimm }) =>
		loadSigned(64, { rd: rdp, rs1: rs1p, imm: uimm }),
	);
	instruction("c.sd {rs2p},{uimm}({rs1p})", "111 uimm[5:3] rs1p[2:0] uimm[7:6] rs2p[2:0] 00", ({ rs2p, rs1p, uimm }) =>
		storeLow(64, { rs1: rs1p, rs2: rs2p, imm: uimm }),
	);
	alias("ld {rdp},{uimm}({rs1p})", "c.ld {rdp},{uimm}({rs1p})");
	alias("sd {rs2p},{uimm}({rs1p})", "c.sd {rs2p},{uimm}({rs1p})");
}

// The same of floating-point registers: C.FLD and C.FSD on both, C.FLW and C.FSW on RV32, where RV64 has C.LD and C.SD (16.3).
for (const [width, letter, funct3, place] of /** @type {[number, string, string, string][]} */ ([
	[64, "d", "01", "uimm[7:6]"],
	...(XLEN == 32 ? [[32, "w", "11", "uimm[2|6]"]] : []),
])) {
	instruction(`c.fl${letter} {fdp},{uimm}({rs1p})`, `0${funct3} uimm[5:3] rs1p[2:0] ${place} fdp[2:0] 00`, ({ fdp, rs1p, uimm }) =>
		loadFloat(width, { fd: fdp, rs1: rs1p, imm: uimm }),
	);
	instruction(`c.fs${letter} {fs2p},{uimm}({rs1p})`, `1${funct3} uimm[5:3] rs1p[2:0] ${place} fs2p[2:0] 00`, ({ fs2p, rs1p, uimm }) =>
		storeFloat(width, { fs2: fs2p, rs1: rs1p, imm: uimm }),
	);
	alias(`fl${letter} {fdp},{uimm}({rs1p})`, `c.fl${letter} {fdp},{uimm}({rs1p})`);
	alias(`fs${letter} {fs2p},{uimm}({rs1p})`, `c.fs${letter} {fs2p},{uimm}({rs1p})`);
}

/* ---- quadrant 1 ---------------------------------------------------------------------------------------------- */

// C.ADDI: rd += imm. With rd = x0 it is C.NOP (imm = 0) or a HINT; so is imm = 0 with any rd (16.5).
instruction("c.addi {rd},{imm}", "000 imm[5] rd imm[4:0] 01", ({ rd, imm }) => {
	x[rd] = op.add(x[rd], imm);
});
alias("add {rd},{rd},{imm}", "c.addi {rd},{imm}");
alias("addi {rd},{rd},{imm}", "c.addi {rd},{imm}", { print: false });
alias("c.nop {imm}", "c.addi zero,{imm}");
alias("c.nop", "c.addi zero,0", { print: false });
alias("nop", "c.addi zero,0");

if (XLEN == 32) {
	// C.JAL, on RV32 only: jal ra,offset (16.4).
	instruction("c.jal {offset}", "001 offset[11|4|9:8|10|6|7|3:1|5] 01", ({ offset }) => jal({ rd: 1, offset }));
	alias("jal {offset}", "c.jal {offset}");
} else {
	// C.ADDIW takes its place: rd = 32-bit rd + imm, sign-extended; rd = x0 is reserved (16.5).
	instruction(
		"c.addiw {rd},{imm}",
		"001 imm[5] rd imm[4:0] 01",
		({ rd, imm }) => {
			x[rd] = op.addw(x[rd], imm);
		},
		{ where: { rd: not(0) } },
	);
	alias("addw {rd},{rd},{imm}", "c.addiw {rd},{imm}");
	alias("addiw {rd},{rd},{imm}", "c.addiw {rd},{imm}", { print: false });
	alias("sext.w {rd},{rd}", "c.addiw {rd},0");
}

// C.LI: rd = imm; rd = x0 is a HINT (16.5).
instruction("c.li {rd},{imm}", "010 imm[5] rd imm[4:0] 01", ({ rd, imm }) => {
	x[rd] = imm;
});
alias("li {rd},{imm}", "c.li {rd},{imm}");
alias("c.li zero,{imm}", "c.li zero,{imm}");

// C.ADDI16SP: sp += a multiple of 16; 0 is reserved (16.5).
instruction(
	"c.addi16sp sp,{imm}",
	"011 imm[9] 00010 imm[4|6|8:7|5] 01",
	({ imm }) => {
		x[2] = op.add(x[2], imm);
	},
	{ where: { imm: not(0) } },
);
alias("add sp,sp,{imm}", "c.addi16sp sp,{imm}");
alias("addi sp,sp,{imm}", "c.addi16sp sp,{imm}", { print: false });

// C.LUI: rd = imm << 12, the 6-bit imm sign-extended; imm = 0 is reserved, rd = x2 is C.ADDI16SP, rd = x0 a HINT (16.5).
instruction("c.lui {rd},{upper6}", "011 upper6[5] rd upper6[4:0] 01", ({ rd, upper6 }) => lui({ rd, upper: upper6 }), {
	where: { rd: not(2), upper6: not(0) },
});
alias("lui {rd},{upper6}", "c.lui {rd},{upper6}");
alias("c.lui zero,{upper6}", "c.lui zero,{upper6}");

// C.SRLI and C.SRAI: shift rd' by shamt (16.5). Amount 0 is a HINT (RV128 means 64 by it, hence the name).
for (const [name, funct2, f] of /** @type {[string, string, Binary][]} */ ([
	["srli", "00", op.srl],
	["srai", "01", op.sra],
])) {
	instruction(
		`c.${name} {rdp},{shamt}`,
		`100 ${shamt5} ${funct2} rdp[2:0] shamt[4:0] 01`,
		({ rdp, shamt }) => {
			x[rdp] = f(x[rdp], shamt);
		},
		{ where: { shamt: not(0) } },
	);
	instruction(`c.${name}64 {rdp}`, `100 0 ${funct2} rdp[2:0] 00000 01`, () => {});
	alias(`${name.slice(0, 3)} {rdp},{rdp},{shamt}`, `c.${name} {rdp},{shamt}`);
	alias(`${name} {rdp},{rdp},{shamt}`, `c.${name} {rdp},{shamt}`, { print: false });
}

// C.ANDI: rd' &= imm (16.5).
instruction("c.andi {rdp},{imm}", "100 imm[5] 10 rdp[2:0] imm[4:0] 01", ({ rdp, imm }) => {
	x[rdp] = op.and(x[rdp], imm);
});
alias("and {rdp},{rdp},{imm}", "c.andi {rdp},{imm}");
alias("andi {rdp},{rdp},{imm}", "c.andi {rdp},{imm}", { print: false });

// Register-register on popular registers: rd' = rd' op rs2' (16.5). The W forms are reserved on RV32.
for (const [name, bit12, funct2, f] of /** @type {[string, string, string, Binary][]} */ ([
	["sub", "0", "00", op.sub],
	["xor", "0", "01", op.xor],
	["or", "0", "10", op.or],
	["and", "0", "11", op.and],
	...(XLEN == 64
		? [
				["subw", "1", "00", op.subw],
				["addw", "1", "01", op.addw],
			]
		: []),
])) {
	instruction(`c.${name} {rdp},{rs2p}`, `100 ${bit12} 11 rdp[2:0] ${funct2} rs2p[2:0] 01`, ({ rdp, rs2p }) => {
		x[rdp] = f(x[rdp], x[rs2p]);
	});
	alias(`${name} {rdp},{rdp},{rs2p}`, `c.${name} {rdp},{rs2p}`);
}

// C.J: jump within +-2 KiB (16.4).
instruction("c.j {offset}", "101 offset[11|4|9:8|10|6|7|3:1|5] 01", ({ offset }) => jal({ rd: 0, offset }));
alias("j {offset}", "c.j {offset}");

// C.BEQZ and C.BNEZ: branch within +-256 bytes on rs1' (16.4).
instruction("c.beqz {rs1p},{offset}", "110 offset[8|4:3] rs1p[2:0] offset[7:6|2:1|5] 01", ({ rs1p, offset }) => branch(x[rs1p] == 0, offset));
instruction("c.bnez {rs1p},{offset}", "111 offset[8|4:3] rs1p[2:0] offset[7:6|2:1|5] 01", ({ rs1p, offset }) => branch(x[rs1p] != 0, offset));
alias("beqz {rs1p},{offset}", "c.beqz {rs1p},{offset}");
alias("bnez {rs1p},{offset}", "c.bnez {rs1p},{offset}");

/* ---- quadrant 2 ---------------------------------------------------------------------------------------------- */

// C.SLLI: rd <<= shamt; rd = x0 and amount 0 are HINTs (16.5).
instruction(
	"c.slli {rd},{shamt}",
	`000 ${shamt5} rd shamt[4:0] 10`,
	({ rd, shamt }) => {
		x[rd] = op.sll(x[rd], shamt);
	},
	{ where: { shamt: not(0) } },
);
instruction("c.slli64 {rd}", "000 0 rd 00000 10", () => {});
alias("sll {rd},{rd},{shamt}", "c.slli {rd},{shamt}");
alias("slli {rd},{rd},{shamt}", "c.slli {rd},{shamt}", { print: false });
alias("c.slli zero,{shamt}", "c.slli zero,{shamt}");

// Loads relative to sp; rd = x0 is reserved (16.3).
instruction("c.lwsp {rd},{uimm}(sp)", "010 uimm[5] rd uimm[4:2|7:6] 10", ({ rd, uimm }) => loadSigned(32, { rd, rs1: 2, imm: uimm }), {
	where: { rd: not(0) },
});
alias("lw {rd},{uimm}(sp)", "c.lwsp {rd},{uimm}(sp)");
if (XLEN == 64) {
	instruction("c.ldsp {rd},{uimm}(sp)", "011 uimm[5] rd uimm[4:3|8:6] 10", ({ rd, uimm }) => loadSigned(64, { rd, rs1: 2, imm: uimm }), {
		where: { rd: not(0) },
	});
	alias("ld {rd},{uimm}(sp)", "c.ldsp {rd},{uimm}(sp)");
}

// C.JR: jump to rs1; rs1 = x0 is reserved (16.4).
instruction("c.jr {rs1}", "100 0 rs1 00000 10", ({ rs1 }) => jalr({ rd: 0, rs1, imm: 0 }), { where: { rs1: not(0) } });
alias("jr {rs1}", "c.jr {rs1}");
alias("ret", "c.jr ra");

// C.MV: rd = rs2; rd = x0 is a HINT (16.5).
instruction(
	"c.mv {rd},{rs2}",
	"100 0 rd rs2 10",
	({ rd, rs2 }) => {
		x[rd] = x[rs2];
	},
	{ where: { rs2: not(0) } },
);
alias("mv {rd},{rs2}", "c.mv {rd},{rs2}");
alias("c.mv zero,{rs2}", "c.mv zero,{rs2}");

// C.EBREAK (16.5). Never a semihosting call: that needs the 32-bit one.
instruction("c.ebreak", "100 1 00000 00000 10", breakpoint);
alias("ebreak", "c.ebreak");

// C.JALR: jump to rs1, return address pc + 2 in ra (16.4).
instruction("c.jalr {rs1}", "100 1 rs1 00000 10", ({ rs1 }) => jalr({ rd: 1, rs1, imm: 0 }), { where: { rs1: not(0) } });
alias("jalr {rs1}", "c.jalr {rs1}");

// C.ADD: rd += rs2; rd = x0 is a HINT (16.5).
instruction(
	"c.add {rd},{rs2}",
	"100 1 rd rs2 10",
	({ rd, rs2 }) => {
		x[rd] = op.add(x[rd], x[rs2]);
	},
	{ where: { rs2: not(0) } },
);
alias("add {rd},{rd},{rs2}", "c.add {rd},{rs2}");
alias("c.add zero,{rs2}", "c.add zero,{rs2}");

// Stores relative to sp (16.3).
instruction("c.swsp {rs2},{uimm}(sp)", "110 uimm[5:2|7:6] rs2 10", ({ rs2, uimm }) => storeLow(32, { rs1: 2, rs2, imm: uimm }));
alias("sw {rs2},{uimm}(sp)", "c.swsp {rs2},{uimm}(sp)");
if (XLEN == 64) {
	instruction("c.sdsp {rs2},{uimm}(sp)", "111 uimm[5:3|8:6] rs2 10", ({ rs2, uimm }) => storeLow(64, { rs1: 2, rs2, imm: uimm }));
	alias("sd {rs2},{uimm}(sp)", "c.sdsp {rs2},{uimm}(sp)");
}

// Loads and stores of floating-point registers relative to sp (16.3).
for (const [width, letter, funct3, place, from] of /** @type {[number, string, string, string, string][]} */ ([
	[64, "d", "01", "uimm[4:3|8:6]", "uimm[5:3|8:6]"],
	...(XLEN == 32 ? [[32, "w", "11", "uimm[4:2|7:6]", "uimm[5:2|7:6]"]] : []),
])) {
	instruction(`c.fl${letter}sp {fd},{uimm}(sp)`, `0${funct3} uimm[5] fd ${place} 10`, ({ fd, uimm }) => loadFloat(width, { fd, rs1: 2, imm: uimm }));
	instruction(`c.fs${letter}sp {fs2},{uimm}(sp)`, `1${funct3} ${from} fs2 10`, ({ fs2, uimm }) => storeFloat(width, { fs2, rs1: 2, imm: uimm }));
	alias(`fl${letter} {fd},{uimm}(sp)`, `c.fl${letter}sp {fd},{uimm}(sp)`);
	alias(`fs${letter} {fs2},{uimm}(sp)`, `c.fs${letter}sp {fs2},{uimm}(sp)`);
}
