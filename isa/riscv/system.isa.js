// @ts-check
// The machine level (privileged manual 1.12, chapters 2 and 3) with M and U modes. S mode's registers (sstatus.., medeleg, mideleg, satp),
// its exceptions and SRET and SFENCE.VMA come here, its page walk into `translate`, when S mode is built.
import { Cause, hart, illegalInstruction, Mode, XLEN, x } from "./base.isa.js";
import { permitted, pmp, resetPmp } from "./pmp.isa.js";
import { counters, entry64, mcycle, minstret } from "./zicntr.isa.js";
import { csr } from "./zicsr.isa.js";

// Machine-mode registers, traps, interrupts, MRET and WFI.
extension("system", "Machine-Level ISA, Version 1.12");

/** Reads as 0 and ignores writes, which WARL fields may. */
const zero = { read: () => constant(0, XLEN), write: () => {} };
/** A value of whatever width as one of XLEN bits. */
const resized = (value) => (widthOf(value) > XLEN ? bits(value, XLEN - 1, 0) : zext(value, XLEN));
/** A value of XLEN bits with the bits outside `mask` cleared. */
const masked = (value, mask) => value & constant(mask, XLEN);

// What the machine level remembers.
const m = state(
	{
		// the fields of mstatus, apart: only MPP and MPRV matter to addresses
		MIE: 1,
		MPIE: 1,
		MPP: 2,
		MPRV: 1,
		TW: 1,
		mtvec: XLEN,
		mie: XLEN,
		mip: XLEN,
		mscratch: XLEN,
		mepc: XLEN,
		mcause: XLEN,
		mtval: XLEN,
		menvcfg: XLEN,
		mhartid: XLEN,
	},
	{ kind: "system" },
);

/* ---- 3.1.1 to 3.1.5 what this machine is ---------------------------------------------------------------------- */

/** Extensions A, C, I, M and U. F, D and S are the bits 5, 3 and 18. */
const letters = (1 << 0) | (1 << 2) | (1 << 8) | (1 << 12) | (1 << 20);

// misa: width and extensions; writes change nothing, as in QEMU (3.1.1).
entry(csr, 0x301, "misa", { read: () => cat(constant(XLEN / 32, 2), constant(letters, XLEN - 2)), write: () => {} });
// mvendorid: not a commercial implementation (3.1.2).
entry(csr, 0xf11, "mvendorid", { read: () => constant(0, XLEN) });
// marchid: not implemented (3.1.3).
entry(csr, 0xf12, "marchid", { read: () => constant(0, XLEN) });
// mimpid: not implemented (3.1.4).
entry(csr, 0xf13, "mimpid", { read: () => constant(0, XLEN) });
// mhartid: the number of this processor (3.1.5).
entry(csr, 0xf14, "mhartid", { read: () => m.mhartid });
// mconfigptr: there is no configuration structure; the device tree says it all (3.1.17).
entry(csr, 0xf15, "mconfigptr", { read: () => constant(0, XLEN) });

/* ---- 3.1.6 mstatus -------------------------------------------------------------------------------------------- */

/** Places in mstatus. SIE, SPIE, SPP, SUM, MXR, TVM and TSR belong to S mode, FS and SD to F: all 0 as long as there is none. */
const place = { MIE: 3, MPIE: 7, MPP: 11, MPRV: 17, TW: 21 };
/** UXL is 2: U mode is as wide as M mode. */
const fixed = () => constant(XLEN == 64 ? 0x200000000 : 0, XLEN);
/** What MPP becomes: it takes U and M, other values leave it as it was. */
const legal = (mode) => (mode == Mode.U || mode == Mode.M ? mode : m.MPP);

// mstatus: interrupt enables, previous mode, MPRV and TW (3.1.6).
entry(csr, 0x300, "mstatus", {
	read: () => Object.keys(place).reduce((sum, name) => sum | (zext(m[name], XLEN) << place[name]), fixed()),
	write: (value) => {
		m.MIE = bit(value, place.MIE);
		m.MPIE = bit(value, place.MPIE);
		m.MPP = legal(bits(value, place.MPP + 1, place.MPP));
		m.MPRV = bit(value, place.MPRV);
		m.TW = bit(value, place.TW);
	},
});
// mstatush: MBE and SBE are 0, everything is little-endian (3.1.6.4).
if (XLEN == 32) entry(csr, 0x310, "mstatush", zero);

/* ---- 3.1.7 to 3.1.9 where traps go, interrupts ----------------------------------------------------------------- */

// mtvec: base and mode; a reserved mode leaves it as it was, as in QEMU (3.1.7).
entry(csr, 0x305, "mtvec", {
	read: () => m.mtvec,
	write: (value) => {
		if (bit(value, 1) == 0) m.mtvec = value;
	},
});

/** The machine's software, timer and external interrupts; those of S mode are bits 1, 5 and 9. */
const MSI = 3;
const MTI = 7;
const MEI = 11;
const interrupts = (1 << MSI) | (1 << MTI) | (1 << MEI);

// mie: which interrupts may be taken (3.1.9).
entry(csr, 0x304, "mie", {
	read: () => m.mie,
	write: (value) => {
		m.mie = masked(value, interrupts);
	},
});
// mip: which are pending. All three are wires from outside, so writes change nothing (3.1.9).
entry(csr, 0x344, "mip", { read: () => m.mip, write: () => {} });

lines({ "machine-software": [m.mip, MSI], "machine-timer": [m.mip, MTI], "machine-external": [m.mip, MEI] });

/* ---- 3.1.10 to 3.1.12 counters ---------------------------------------------------------------------------------- */

// mcycle: retired instructions (3.1.10).
entry64(0xb00, "mcycle", mcycle.read, mcycle.write);
// minstret: retired instructions (3.1.10).
entry64(0xb02, "minstret", minstret.read, minstret.write);
// mhpmcounter3 to 31 and their events: none is built, so they read as 0 (3.1.10).
for (const i of range(29)) {
	entry64(
		0xb03 + i,
		`mhpmcounter${i + 3}`,
		() => constant(0, 64),
		() => {},
	);
	entry(csr, 0x323 + i, `mhpmevent${i + 3}`, zero);
}
// mcounteren: which counters U mode may read (3.1.11). All 32 bits can be set, as in QEMU.
entry(csr, 0x306, "mcounteren", {
	read: () => zext(counters.mcounteren, XLEN),
	write: (value) => {
		counters.mcounteren = bits(value, 31, 0);
	},
});
// mcountinhibit: CY and IR stop mcycle and minstret (3.1.12). A counter stops and goes on after the instruction that says so.
entry(csr, 0x320, "mcountinhibit", {
	read: () => zext(counters.mcountinhibit, XLEN),
	write: (value) => {
		const now = retired() + 1;
		const old = counters.mcountinhibit;
		const stop = (index, count) => (bit(value, index) == bit(old, index) ? count : bit(value, index) == 1 ? count + now : count - now);
		counters.mcycle = stop(0, counters.mcycle);
		counters.minstret = stop(2, counters.minstret);
		counters.mcountinhibit = bits(value, 31, 0) & 0x5;
	},
});

/* ---- 3.1.13 to 3.1.18 trap state ------------------------------------------------------------------------------- */

// mscratch: for the trap handler's own use (3.1.13).
entry(csr, 0x340, "mscratch", {
	read: () => m.mscratch,
	write: (value) => {
		m.mscratch = value;
	},
});
// mepc: where the trap was taken; bit 0 is always 0 (3.1.14).
entry(csr, 0x341, "mepc", {
	read: () => m.mepc,
	write: (value) => {
		m.mepc = value & ~constant(1, XLEN);
	},
});
// mcause: why; every value can be written (3.1.15).
entry(csr, 0x342, "mcause", {
	read: () => m.mcause,
	write: (value) => {
		m.mcause = value;
	},
});
// mtval: the address or the encoding that was at fault, else 0 (3.1.16).
entry(csr, 0x343, "mtval", {
	read: () => m.mtval,
	write: (value) => {
		m.mtval = value;
	},
});
// menvcfg: FIOM can be set and has nothing to do, since fences order everything anyway (3.1.18).
entry(csr, 0x30a, "menvcfg", {
	read: () => m.menvcfg,
	write: (value) => {
		m.menvcfg = masked(value, 1);
	},
});
if (XLEN == 32) entry(csr, 0x31a, "menvcfgh", zero);

/* ---- debug specification 0.13, section 5: triggers ------------------------------------------------------------------ */

// tselect: there is no trigger, so it stays 0; tdata1 has type 0, "no trigger here"; tinfo says the same.
entry(csr, 0x7a0, "tselect", zero);
for (const i of [1, 2, 3]) entry(csr, 0x7a0 + i, `tdata${i}`, zero);
entry(csr, 0x7a4, "tinfo", { read: () => constant(1, XLEN), write: () => {} });

/* ---- 3.3 instructions ----------------------------------------------------------------------------------------------- */

// MRET returns to mepc in mode MPP; MIE comes from MPIE; leaving M mode clears MPRV (3.1.6.1, 3.3.2).
instruction("mret", "0011000 00010 00000 000 00000 1110011", () => {
	if (hart.mode != Mode.M) illegalInstruction();
	hart.mode = m.MPP;
	m.MPRV = m.MPP == Mode.M ? m.MPRV : constant(0, 1);
	m.MIE = m.MPIE;
	m.MPIE = 1;
	m.MPP = Mode.U;
	jump(m.mepc);
});

// WFI waits for an interrupt that mie lets through; in U mode TW forbids it (3.3.3, 3.1.6.5).
instruction("wfi", "0001000 00101 00000 000 00000 1110011", () => {
	if (hart.mode != Mode.M && m.TW == 1) illegalInstruction();
	wait();
});

/* ---- the processor around its instructions ---------------------------------------------------------------------------- */

/** The mode that loads and stores count as: MPRV lends them that of MPP (3.1.6.3). */
const dataMode = () => (hart.mode == Mode.M && m.MPRV == 1 ? m.MPP : hart.mode);
/** Exception codes by access: 0 fetch, 1 load, 2 store. */
const accessFault = (access) =>
	access == 0 ? constant(Cause.instructionAccess, XLEN) : access == 1 ? constant(Cause.loadAccess, XLEN) : constant(Cause.storeAccess, XLEN);
const misaligned = (access) =>
	access == 0 ? constant(Cause.instructionMisaligned, XLEN) : access == 1 ? constant(Cause.loadMisaligned, XLEN) : constant(Cause.storeMisaligned, XLEN);

machine({
	// Power on (3.4): M mode, interrupts off, PMP off; pc, hart number and device tree as a boot loader expects them (a0, a1).
	reset: (number, start, argument) => {
		for (const i of range(32)) x[i] = constant(0, XLEN);
		for (const register of Object.keys(m)) m[register] = 0;
		resetPmp();
		counters.mcounteren = constant(0, 32);
		counters.mcountinhibit = constant(0, 32);
		counters.mcycle = 0 - retired();
		counters.minstret = 0 - retired();
		m.mhartid = resized(number);
		x[10] = resized(number);
		x[11] = resized(argument);
		hart.mode = Mode.M;
		jump(resized(start));
	},

	illegal: () => illegalInstruction(),

	fault: (access, kind, address) => {
		trap(kind == 1 ? misaligned(access) : accessFault(access), resized(address));
	},

	// No paging yet: physical is virtual. PMP decides (3.7).
	translate: (address, access, bytes) => {
		const mode = access == 0 ? hart.mode : dataMode();
		// R, W and X are bits 0, 1 and 2 of a PMP configuration.
		const permission = access == 0 ? constant(2, 2) : access == 1 ? constant(0, 2) : constant(1, 2);
		const physical = zext(address, 64);
		if (!permitted(mode, physical, bytes, permission)) trap(accessFault(access), resized(address));
		return physical;
	},

	// M mode, for loads and stores too, and nothing in PMP that could refuse it.
	plain: () => hart.mode == Mode.M && dataMode() == Mode.M && pmp.pmpstrict == 0,

	// Trap entry into M mode (3.1.6.1, 3.1.7): pc to mepc, MIE to MPIE, the mode to MPP. Vectored mode spreads interrupts only.
	enter: (cause, value) => {
		const code = resized(cause);
		m.mcause = code;
		m.mtval = resized(value);
		m.mepc = pc;
		m.MPIE = m.MIE;
		m.MIE = 0;
		m.MPP = hart.mode;
		hart.mode = Mode.M;
		const base = m.mtvec & ~constant(3, XLEN);
		const vectored = bit(code, XLEN - 1) == 1 && bit(m.mtvec, 0) == 1;
		jump(vectored ? base + (code << 2) : base);
	},

	// External before software before timer (3.1.9); in U mode always, in M mode when MIE is set.
	interrupt: () => {
		const pending = m.mip & m.mie;
		const code = bit(pending, MEI) == 1 ? constant(MEI, 8) : bit(pending, MSI) == 1 ? constant(MSI, 8) : constant(MTI, 8);
		const take = pending != 0 && (hart.mode != Mode.M || m.MIE == 1);
		return take ? cat(constant(1, 1), zext(code, XLEN - 1)) : constant(0, XLEN);
	},

	// Whatever MIE says (3.3.3).
	wake: () => (m.mip & m.mie) != 0,
});

debugView({
	architecture: XLEN == 64 ? "riscv:rv64" : "riscv:rv32",
	features: { "org.gnu.gdb.riscv.cpu": [...range(32).map((i) => `x${i}`), "pc"] },
});
