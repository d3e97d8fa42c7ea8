// @ts-check
// The registers that more than one privilege level looks at (privileged manual 1.12, chapters 3 and 4): each level's CSRs are views of them.
import { Cause, hart, Mode, XLEN } from "./base.isa.js";

// State and helpers of the machine and the supervisor level.
extension("levels", "Registers of the Privilege Levels");

// What the levels remember.
export const m = state(
	{
		// the fields of mstatus, apart: only MPP, MPRV, MXR and SUM matter to addresses
		SIE: 1,
		MIE: 1,
		SPIE: 1,
		MPIE: 1,
		SPP: 1,
		MPP: 2,
		MPRV: 1,
		SUM: 1,
		MXR: 1,
		TVM: 1,
		TW: 1,
		TSR: 1,
		medeleg: XLEN,
		mideleg: XLEN,
		mtvec: XLEN,
		mie: XLEN,
		// the machine's three wires, and the supervisor's three bits as M mode writes them
		mip: XLEN,
		// the wire of the supervisor's external interrupt
		seip: 1,
		mscratch: XLEN,
		mepc: XLEN,
		mcause: XLEN,
		mtval: XLEN,
		menvcfg: 64,
		mhartid: XLEN,
		stvec: XLEN,
		sscratch: XLEN,
		sepc: XLEN,
		scause: XLEN,
		stval: XLEN,
		senvcfg: XLEN,
		satp: XLEN,
		// the supervisor's timer is due from this tick on, when menvcfg.STCE is set
		stimecmp: 64,
	},
	{ kind: "system" },
);

/** FS of mstatus: Off, Initial, Clean or Dirty (3.1.6.6). Translated code asks for it and makes it Dirty, so it is no system register. */
export const fp = state({ FS: 2 }, { kind: "hidden" });
const placeOfFS = 13;

/** Places of mstatus, apart from FS and its summary SD, the top bit. UXL and SXL are 2: every mode is as wide as M mode (3.1.6). */
export const place = { SIE: 1, MIE: 3, SPIE: 5, MPIE: 7, SPP: 8, MPP: 11, MPRV: 17, SUM: 18, MXR: 19, TVM: 20, TW: 21, TSR: 22 };
/** The fields of mstatus that sstatus shows (4.1.1). */
export const supervisorFields = ["SIE", "SPIE", "SPP", "SUM", "MXR"];
/** The named fields as they stand in mstatus, FS and SD, in the word `rest`. */
export const gathered = (names, rest) => {
	const float = cat(fp.FS == 3, constant(0, XLEN - placeOfFS - 3), fp.FS, constant(0, placeOfFS));
	return names.reduce((sum, name) => sum | (zext(m[name], XLEN) << place[name]), float | constant(rest, XLEN));
};
/** FS from a word for mstatus or sstatus. */
export const setFS = (value) => {
	fp.FS = bits(value, placeOfFS + 1, placeOfFS);
};

/** Interrupts by their bits in mip, the most urgent first (3.1.9). */
export const Interrupt = { MEI: 11, MSI: 3, MTI: 7, SEI: 9, SSI: 1, STI: 5 };
const maskOf = (names) => names.reduce((sum, name) => sum | (1 << Interrupt[name]), 0);
export const supervisorInterrupts = maskOf(["SEI", "SSI", "STI"]);
export const allInterrupts = maskOf(Object.keys(Interrupt));
/** bits(1): the supervisor has a timer of its own (Sstc, 2.1.2: menvcfg.STCE). */
export const ownTimer = () => bit(m.menvcfg, 63) == 1;
/**
 * mip as it reads: the supervisor's external interrupt is pending by its wire, or because M mode says so (3.1.9); its timer interrupt by its own timer
 * if it has one, else because M mode says so.
 */
export const pending = () => {
	const set = m.mip | (zext(m.seip, XLEN) << Interrupt.SEI);
	const timer = constant(1 << Interrupt.STI, XLEN);
	if (!ownTimer()) return set;
	return u(clock()) >= u(m.stimecmp) ? set | timer : set & ~timer;
};

/** A value of whatever width as one of XLEN bits. */
export const resized = (value) => (widthOf(value) > XLEN ? bits(value, XLEN - 1, 0) : zext(value, XLEN));
/** A value of XLEN bits with the bits outside `mask` cleared. */
export const masked = (value, mask) => value & constant(mask, XLEN);
/** Reads as 0 and ignores writes, which WARL fields may. */
export const zero = { read: () => constant(0, XLEN), write: () => {} };

/** The mode that loads and stores count as: MPRV lends them that of MPP (3.1.6.3). */
export const dataMode = () => (hart.mode == Mode.M && m.MPRV == 1 ? m.MPP : hart.mode);
/** Exception codes by access: 0 fetch, 1 load, 2 store, 3 either, which counts as a store. */
const byAccess = (fetch, read, write) => (access) => (access == 0 ? constant(fetch, XLEN) : access == 1 ? constant(read, XLEN) : constant(write, XLEN));
export const accessFault = byAccess(Cause.instructionAccess, Cause.loadAccess, Cause.storeAccess);
export const misaligned = byAccess(Cause.instructionMisaligned, Cause.loadMisaligned, Cause.storeMisaligned);
export const pageFault = byAccess(Cause.instructionPage, Cause.loadPage, Cause.storePage);
