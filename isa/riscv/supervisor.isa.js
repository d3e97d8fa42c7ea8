// @ts-check
// The supervisor level (privileged manual 1.12, chapter 4): its CSRs, SRET and SFENCE.VMA. Its page tables are in sv.isa.js.
import { hart, illegalInstruction, Mode, XLEN } from "./base.isa.js";
import { gathered, Interrupt, m, pending, place, setFS, supervisorFields } from "./levels.isa.js";
import { counters } from "./zicntr.isa.js";
import { csr } from "./zicsr.isa.js";

// Supervisor-mode registers, SRET and SFENCE.VMA.
extension("supervisor", "Supervisor-Level ISA, Version 1.12");

/* ---- 4.1 CSRs -------------------------------------------------------------------------------------------------- */

// sstatus: the part of mstatus that S mode may see; UXL is 2 (4.1.1).
entry(csr, 0x100, "sstatus", {
	read: () => gathered(supervisorFields, XLEN == 64 ? 0x200000000 : 0),
	write: (value) => {
		for (const name of supervisorFields) m[name] = bit(value, place[name]);
		setFS(value);
	},
});
// sie: those bits of mie that mideleg gives away (4.1.3).
entry(csr, 0x104, "sie", {
	read: () => m.mie & m.mideleg,
	write: (value) => {
		m.mie = (m.mie & ~m.mideleg) | (value & m.mideleg);
	},
});
// stvec: base and mode; a reserved mode leaves it as it was (4.1.2).
entry(csr, 0x105, "stvec", {
	read: () => m.stvec,
	write: (value) => {
		if (bit(value, 1) == 0) m.stvec = value;
	},
});
// scounteren: which counters U mode may read, of those that mcounteren lets through (4.1.5).
entry(csr, 0x106, "scounteren", {
	read: () => zext(counters.scounteren, XLEN),
	write: (value) => {
		counters.scounteren = bits(value, 31, 0);
	},
});
// sscratch: for the trap handler's own use (4.1.6).
entry(csr, 0x140, "sscratch", {
	read: () => m.sscratch,
	write: (value) => {
		m.sscratch = value;
	},
});
// sepc: where the trap was taken; bit 0 is always 0 (4.1.7).
entry(csr, 0x141, "sepc", {
	read: () => m.sepc,
	write: (value) => {
		m.sepc = value & ~constant(1, XLEN);
	},
});
// scause: why; every value can be written (4.1.8).
entry(csr, 0x142, "scause", {
	read: () => m.scause,
	write: (value) => {
		m.scause = value;
	},
});
// stval: the address or the encoding that was at fault, else 0 (4.1.9).
entry(csr, 0x143, "stval", {
	read: () => m.stval,
	write: (value) => {
		m.stval = value;
	},
});
// sip: those bits of mip that mideleg gives away; S mode can change only the software interrupt (4.1.3).
entry(csr, 0x144, "sip", {
	read: () => pending() & m.mideleg,
	write: (value) => {
		const own = m.mideleg & constant(1 << Interrupt.SSI, XLEN);
		m.mip = (m.mip & ~own) | (value & own);
	},
});

/** TVM keeps S mode from changing how addresses are translated (3.1.6.5). */
export const virtualized = () => {
	if (hart.mode == Mode.S && m.TVM == 1) illegalInstruction();
};
/** The modes there are: none and Sv32 on RV32; none, Sv39, Sv48 and Sv57 on RV64 (4.1.11, table 4.4). */
const known = (value) => XLEN == 32 || bits(value, 63, 60) == 0 || bits(value, 63, 60) == 8 || bits(value, 63, 60) == 9 || bits(value, 63, 60) == 10;

// satp: the root of the page table and its kind; a kind that does not exist leaves all of it as it was (4.1.11).
entry(csr, 0x180, "satp", {
	read: () => {
		virtualized();
		return m.satp;
	},
	write: (value) => {
		virtualized();
		if (known(value)) m.satp = value;
	},
});

/* ---- 3.3.2, 4.2 instructions ------------------------------------------------------------------------------------- */

// SRET returns to sepc in mode SPP; SIE comes from SPIE; MPRV is cleared. TSR forbids it in S mode (3.1.6.1, 3.1.6.5, 3.3.2).
instruction("sret", "0001000 00010 00000 000 00000 1110011", () => {
	if (hart.mode == Mode.U || (hart.mode == Mode.S && m.TSR == 1)) illegalInstruction();
	hart.mode = zext(m.SPP, 2);
	m.MPRV = 0;
	m.SIE = m.SPIE;
	m.SPIE = 1;
	m.SPP = 0;
	jump(m.sepc);
});

// SFENCE.VMA orders page table accesses: remembered translations are forgotten, all of them whatever rs1 and rs2 say (4.2.1).
instruction("sfence.vma {rs1},{rs2}", "0001001 rs2 rs1 000 00000 1110011", () => {
	if (hart.mode == Mode.U) illegalInstruction();
	virtualized();
	syncTranslation();
});
alias("sfence.vma", "sfence.vma zero,zero");
alias("sfence.vma {rs1}", "sfence.vma {rs1},zero");
