// @ts-check
// Assembly of the base ISA beyond its instructions: aliases, pseudo-instructions and modifiers (unprivileged manual, chapter 25),
// spelled as binutils 2.40 prints and accepts them. Of two aliases that hold and say as much, the one declared last is printed.
import { XLEN } from "./base.isa.js";
import "./i.isa.js";

extension("pseudo", "Assembly: aliases and pseudo-instructions");

/* ---- printed ------------------------------------------------------------------------------------------------- */

// binutils prints an immediate form under the name of the register form.
for (const name of ["add", "xor", "or", "and"]) alias(`${name} {rd},{rs1},{imm}`, `${name}i {rd},{rs1},{imm}`);
for (const name of ["sll", "srl", "sra"]) alias(`${name} {rd},{rs1},{shamt}`, `${name}i {rd},{rs1},{shamt}`);
alias("mv {rd},{rs1}", "addi {rd},{rs1},0");
alias("li {rd},{imm}", "addi {rd},zero,{imm}");
alias("nop", "addi zero,zero,0");
alias("not {rd},{rs1}", "xori {rd},{rs1},-1");
alias("zext.b {rd},{rs1}", "andi {rd},{rs1},255");
alias("neg {rd},{rs2}", "sub {rd},zero,{rs2}");
alias("seqz {rd},{rs1}", "sltiu {rd},{rs1},1");
alias("snez {rd},{rs2}", "sltu {rd},zero,{rs2}");
alias("sgtz {rd},{rs2}", "slt {rd},zero,{rs2}");
alias("sltz {rd},{rs1}", "slt {rd},{rs1},zero");
if (XLEN == 64) {
	alias("addw {rd},{rs1},{imm}", "addiw {rd},{rs1},{imm}");
	for (const name of ["sll", "srl", "sra"]) alias(`${name}w {rd},{rs1},{shamt}`, `${name}iw {rd},{rs1},{shamt}`);
	alias("sext.w {rd},{rs1}", "addiw {rd},{rs1},0");
	alias("negw {rd},{rs2}", "subw {rd},zero,{rs2}");
}

alias("beqz {rs1},{offset}", "beq {rs1},zero,{offset}");
alias("bnez {rs1},{offset}", "bne {rs1},zero,{offset}");
alias("bgez {rs1},{offset}", "bge {rs1},zero,{offset}");
alias("blez {rs2},{offset}", "bge zero,{rs2},{offset}");
alias("bgtz {rs2},{offset}", "blt zero,{rs2},{offset}");
alias("bltz {rs1},{offset}", "blt {rs1},zero,{offset}");

alias("jal {offset}", "jal ra,{offset}");
alias("j {offset}", "jal zero,{offset}");
alias("jalr {rd},{rs1}", "jalr {rd},0({rs1})");
alias("jalr {imm}({rs1})", "jalr ra,{imm}({rs1})");
alias("jr {imm}({rs1})", "jalr zero,{imm}({rs1})");
alias("jalr {rs1}", "jalr ra,0({rs1})");
alias("jr {rs1}", "jalr zero,0({rs1})");
alias("ret", "jalr zero,0(ra)");

alias("fence", "fence iorw,iorw");

/* ---- only read ----------------------------------------------------------------------------------------------- */

alias("move {rd},{rs1}", "addi {rd},{rs1},0", { print: false });
alias("slt {rd},{rs1},{imm}", "slti {rd},{rs1},{imm}", { print: false });
alias("sltu {rd},{rs1},{imm}", "sltiu {rd},{rs1},{imm}", { print: false });
alias("sgt {rd},{rs2},{rs1}", "slt {rd},{rs1},{rs2}", { print: false });
alias("sgtu {rd},{rs2},{rs1}", "sltu {rd},{rs1},{rs2}", { print: false });
alias("bgt {rs2},{rs1},{offset}", "blt {rs1},{rs2},{offset}", { print: false });
alias("ble {rs2},{rs1},{offset}", "bge {rs1},{rs2},{offset}", { print: false });
alias("bgtu {rs2},{rs1},{offset}", "bltu {rs1},{rs2},{offset}", { print: false });
alias("bleu {rs2},{rs1},{offset}", "bgeu {rs1},{rs2},{offset}", { print: false });
alias("jr {rs1},{imm}", "jalr zero,{imm}({rs1})", { print: false });
alias("jalr {rs1},{imm}", "jalr ra,{imm}({rs1})", { print: false });
alias("scall", "ecall", { print: false });
alias("sbreak", "ebreak", { print: false });

const loads = ["lb", "lh", "lw", "lbu", "lhu", ...(XLEN == 64 ? ["ld", "lwu"] : [])];
const stores = ["sb", "sh", "sw", ...(XLEN == 64 ? ["sd"] : [])];
for (const name of loads) alias(`${name} {rd},({rs1})`, `${name} {rd},0({rs1})`, { print: false });
for (const name of stores) alias(`${name} {rs2},({rs1})`, `${name} {rs2},0({rs1})`, { print: false });

/* ---- modifiers and pseudo-instructions of several instructions ------------------------------------------------- */

/** The low 12 bits, signed; and the 20 bits that lui or auipc must supply so that both make the whole. */
const low12 = (value) => ((value & 0xfffn) ^ 0x800n) - 0x800n;
const high20 = (value) => ((value + 0x800n) >> 12n) & 0xfffffn;

modifier("hi", (value, at) => high20(value));
modifier("lo", (value, at) => low12(value));
modifier("pcrel_hi", (value, at) => high20(value - at));
// The low half that goes with an auipc standing first in the same macro. (binutils' own %pcrel_lo takes the auipc's label instead: not offered.)
modifier("near_lo", (value, at) => low12(value - at));

/** The two's complement reading of a constant as it lies in a register. */
const half = XLEN == 64 ? 0x8000000000000000n : 0x80000000n;
const signedOf = (value) => ((value & (2n * half - 1n)) ^ half) - half;
/** How often a number can be halved without a rest. */
const zeros = (value) => ((value & 1n) == 1n ? 0n : 1n + zeros(value >> 1n));
/** Instructions that put a constant into a register: lui and addi for 32 bits; for more, the upper part first, then slli and addi. */
const constantLines = (rd, value) => {
	const low = low12(value);
	const high = signedOf(value - low);
	if (value >= -0x80000000n && value < 0x80000000n) {
		const add = XLEN == 64 ? "addiw" : "addi";
		if (high == 0n) return [`${add} ${rd},zero,${low}`];
		const lui = `lui ${rd},${high20(value)}`;
		return low == 0n ? [lui] : [lui, `${add} ${rd},${rd},${low}`];
	}
	const shift = zeros(high);
	const lines = [...constantLines(rd, high >> shift), `slli ${rd},${rd},${shift}`];
	return low == 0n ? lines : [...lines, `addi ${rd},${rd},${low}`];
};
macro("li {rd},{value}", ({ rd, value }) => constantLines(rd, signedOf(value)));

for (const name of ["la", "lla"]) macro(`${name} {rd},{symbol}`, ["auipc {rd},%pcrel_hi({symbol})", "addi {rd},{rd},%near_lo({symbol})"]);
macro("call {symbol}", ["auipc ra,%pcrel_hi({symbol})", "jalr ra,%near_lo({symbol})(ra)"]);
// binutils goes through t1 here.
macro("call {rd},{symbol}", ["auipc t1,%pcrel_hi({symbol})", "jalr {rd},%near_lo({symbol})(t1)"]);
macro("tail {symbol}", ["auipc t1,%pcrel_hi({symbol})", "jalr zero,%near_lo({symbol})(t1)"]);
macro("jump {symbol},{rt}", ["auipc {rt},%pcrel_hi({symbol})", "jalr zero,%near_lo({symbol})({rt})"]);
for (const name of loads) macro(`${name} {rd},{symbol}`, ["auipc {rd},%pcrel_hi({symbol})", `${name} {rd},%near_lo({symbol})({rd})`]);
for (const name of stores) macro(`${name} {rs2},{symbol},{rt}`, ["auipc {rt},%pcrel_hi({symbol})", `${name} {rs2},%near_lo({symbol})({rt})`]);
