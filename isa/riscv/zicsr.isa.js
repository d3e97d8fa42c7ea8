// @ts-check
// Zicsr: control and status register instructions (unprivileged manual, chapter 9). What each CSR does is in zicntr and system.
import { hart, illegalInstruction, XLEN, x } from "./base.isa.js";
import { Interrupt, m } from "./levels.isa.js";
import "./i.isa.js";

// The 4096 control and status registers and the instructions that access them.
extension("zicsr", "Control and Status Register Instructions");

// CSRs by number; one that nobody declares does not exist, and to write one that cannot be written is as illegal as to touch one that does not exist.
export const csr = space("csr", { index: 12, width: XLEN, missing: { read: () => illegalInstruction(), write: () => illegalInstruction() } });

operands({ csr: indexOf(csr), zimm: unsigned(5) });

/** Bits 9:8 of a CSR's number are the lowest mode that may touch it, bits 11:10 are 11 when it is read-only (privileged manual, 2.1). */
const permit = (number, writes) => {
	if (u(hart.mode) < u(bits(number, 9, 8))) illegalInstruction();
	if (writes && bits(number, 11, 10) == 3) illegalInstruction();
};

/** CSRRW does not read when rd is x0. */
const write = (number, rd, value) => {
	permit(number, 1);
	if (rd == 0) csr[number] = value;
	else {
		const old = csr[number];
		csr[number] = value;
		x[rd] = old;
	}
};
/** What CSRRS and CSRRC of mip change is the bit that M mode wrote, not the wire that reads as one with it (privileged manual, 3.1.9). */
const written = (number, old) => {
	const wired = constant(1 << Interrupt.SEI, XLEN);
	return number == 0x344 ? (old & ~wired) | (m.mip & wired) : old;
};
/** CSRRS and CSRRC do not write when rs1 is x0, or the immediate 0. */
const modify = (number, rd, source, f) => {
	permit(number, source != 0);
	const old = csr[number];
	if (source != 0) csr[number] = f(written(number, old));
	x[rd] = old;
};

// From a register (9.1): write; set bits; clear bits.
instruction("csrrw {rd},{csr},{rs1}", "csr[11:0] rs1 001 rd 1110011", (o) => write(o.csr, o.rd, x[o.rs1]));
instruction("csrrs {rd},{csr},{rs1}", "csr[11:0] rs1 010 rd 1110011", (o) => modify(o.csr, o.rd, o.rs1, (old) => old | x[o.rs1]));
instruction("csrrc {rd},{csr},{rs1}", "csr[11:0] rs1 011 rd 1110011", (o) => modify(o.csr, o.rd, o.rs1, (old) => old & ~x[o.rs1]));
// From a 5-bit immediate (9.1).
instruction("csrrwi {rd},{csr},{zimm}", "csr[11:0] zimm[4:0] 101 rd 1110011", (o) => write(o.csr, o.rd, zext(o.zimm, XLEN)));
instruction("csrrsi {rd},{csr},{zimm}", "csr[11:0] zimm[4:0] 110 rd 1110011", (o) => modify(o.csr, o.rd, o.zimm, (old) => old | zext(o.zimm, XLEN)));
instruction("csrrci {rd},{csr},{zimm}", "csr[11:0] zimm[4:0] 111 rd 1110011", (o) => modify(o.csr, o.rd, o.zimm, (old) => old & ~zext(o.zimm, XLEN)));

// Assembly (9.1 and table 25.3); binutils prints the immediate forms under the name of the register forms.
for (const name of ["csrrw", "csrrs", "csrrc"]) alias(`${name} {rd},{csr},{zimm}`, `${name}i {rd},{csr},{zimm}`);
for (const [name, long] of [
	["csrw", "csrrw"],
	["csrs", "csrrs"],
	["csrc", "csrrc"],
]) {
	alias(`${name}i {csr},{zimm}`, `${long}i zero,{csr},{zimm}`, { print: false });
	alias(`${name} {csr},{zimm}`, `${long}i zero,{csr},{zimm}`);
	alias(`${name} {csr},{rs1}`, `${long} zero,{csr},{rs1}`);
}
alias("csrr {rd},{csr}", "csrrs {rd},{csr},zero");
