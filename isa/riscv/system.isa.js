// @ts-check
// The machine level (privileged manual 1.12, chapters 2 and 3), and the processor around its instructions: traps, interrupts, addresses.
import { hart, illegalInstruction, Mode, XLEN, x } from "./base.isa.js";
import { resetEnvironment } from "./envcfg.isa.js";
import { f, resetFloat } from "./f.isa.js";
import {
	accessFault,
	allInterrupts,
	dataMode,
	gathered,
	Interrupt,
	m,
	masked,
	misaligned,
	ownTimer,
	pageFault,
	pending,
	place,
	resized,
	setFS,
	supervisorInterrupts,
	zero,
} from "./levels.isa.js";
import { permitted, pmp, resetPmp } from "./pmp.isa.js";
import "./supervisor.isa.js";
import { paged, unreachable, walk } from "./sv.isa.js";
import { counters, entry64, mcycle, minstret } from "./zicntr.isa.js";
import { csr } from "./zicsr.isa.js";

// Machine-mode registers, traps, interrupts, MRET and WFI.
extension("system", "Machine-Level ISA, Version 1.12");

/* ---- 3.1.1 to 3.1.5 what this machine is ---------------------------------------------------------------------- */

/** Extensions A, C, D, F, I, M, S and U. */
const letters = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 8) | (1 << 12) | (1 << 18) | (1 << 20);

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

/** What MPP becomes: it takes U, S and M; 2 leaves it as it was. */
const legal = (mode) => (mode == 2 ? m.MPP : mode);

// mstatus: interrupt enables, previous modes, what loads and stores may, and what M mode forbids the others (3.1.6). SXL and UXL are 2.
entry(csr, 0x300, "mstatus", {
	read: () => gathered(Object.keys(place), XLEN == 64 ? 0xa00000000 : 0),
	write: (value) => {
		for (const name of Object.keys(place)) m[name] = name == "MPP" ? legal(bits(value, place.MPP + 1, place.MPP)) : bit(value, place[name]);
		setFS(value);
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

/** What S mode may be given: all that can happen below M mode (3.1.8). */
const delegable = 0xb3ff;

// medeleg: exceptions that S mode handles when they happen below M mode (3.1.8).
entry(csr, 0x302, "medeleg", {
	read: () => m.medeleg,
	write: (value) => {
		m.medeleg = masked(value, delegable);
	},
});
// mideleg: interrupts that S mode handles; only its own can be given away (3.1.8).
entry(csr, 0x303, "mideleg", {
	read: () => m.mideleg,
	write: (value) => {
		m.mideleg = masked(value, supervisorInterrupts);
	},
});
// mie: which interrupts may be taken (3.1.9).
entry(csr, 0x304, "mie", {
	read: () => m.mie,
	write: (value) => {
		m.mie = masked(value, allInterrupts);
	},
});
// mip: which are pending. M mode writes those of S mode, but not its timer's when it has one (Sstc); its own three are wires from outside (3.1.9).
entry(csr, 0x344, "mip", {
	read: pending,
	write: (value) => {
		const own = ownTimer() ? constant(supervisorInterrupts & ~(1 << Interrupt.STI), XLEN) : constant(supervisorInterrupts, XLEN);
		m.mip = (m.mip & ~own) | (value & own);
	},
});

lines({
	"machine-software": [m.mip, Interrupt.MSI],
	"machine-timer": [m.mip, Interrupt.MTI],
	"machine-external": [m.mip, Interrupt.MEI],
	"supervisor-external": [m.seip, 0],
	"supervisor-software": [m.mip, Interrupt.SSI, "edge"],
});

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
// mcounteren: which counters the modes below may read (3.1.11). All 32 bits can be set, as in QEMU.
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

// WFI waits for an interrupt that mie lets through; TW forbids it in S mode, and U mode may never (3.3.3, 3.1.6.5).
instruction("wfi", "0001000 00101 00000 000 00000 1110011", () => {
	if (hart.mode == Mode.U || (hart.mode == Mode.S && m.TW == 1)) illegalInstruction();
	wait();
});

/* ---- the processor around its instructions ---------------------------------------------------------------------------- */

/** Where a trap goes: the base, or in vectored mode an interrupt's own slot (3.1.7). */
const handler = (tvec, code) => {
	const base = tvec & ~constant(3, XLEN);
	return bit(code, XLEN - 1) == 1 && bit(tvec, 0) == 1 ? base + (code << 2) : base;
};
/** The most urgent of the interrupts in `some`, as a cause (3.1.9). */
const mostUrgent = (some) => {
	let code = constant(0, XLEN - 1);
	for (const name of Object.keys(Interrupt).reverse()) code = bit(some, Interrupt[name]) == 1 ? constant(Interrupt[name], XLEN - 1) : code;
	return cat(constant(1, 1), code);
};

machine({
	// Power on (3.4): M mode, interrupts off, PMP off; pc; hart number, device tree and what firmware is told as boot loaders and OpenSBI expect them (a0, a1, a2).
	reset: (number, start, tree, firmware) => {
		for (const i of range(32)) x[i] = constant(0, XLEN);
		for (const register of Object.keys(m)) m[register] = 0;
		m.stimecmp = ~constant(0, 64);
		resetEnvironment();
		resetPmp();
		resetFloat();
		counters.mcounteren = constant(0, 32);
		counters.scounteren = constant(0, 32);
		counters.mcountinhibit = constant(0, 32);
		counters.mcycle = 0 - retired();
		counters.minstret = 0 - retired();
		m.mhartid = resized(number);
		x[10] = resized(number);
		x[11] = resized(tree);
		x[12] = resized(firmware);
		hart.mode = Mode.M;
		jump(resized(start));
	},

	illegal: () => illegalInstruction(),

	fault: (access, kind, address) => {
		const code = kind == 1 ? misaligned(access) : access == 0 && unreachable(resized(address)) ? pageFault(access) : accessFault(access);
		trap(code, resized(address));
	},

	// Page tables, when satp asks for them (4.3.2); then PMP decides (3.7).
	translate: (address, access, bytes) => {
		const mode = access == 0 ? hart.mode : dataMode();
		let physical = zext(address, 64);
		if (paged(mode)) physical = walk(mode, resized(address), access);
		// R, W and X are bits 0, 1 and 2 of a PMP configuration. There is no W without R, so "either" asks for R.
		const permission = access == 0 ? constant(2, 2) : access == 2 ? constant(1, 2) : constant(0, 2);
		if (!permitted(mode, physical, bytes, permission)) trap(accessFault(access), resized(address));
		return physical;
	},

	// M mode, for loads and stores too, and nothing in PMP that could refuse it.
	plain: () => hart.mode == Mode.M && dataMode() == Mode.M && pmp.pmpstrict == 0,

	// Trap entry (3.1.6.1, 3.1.7, 4.1.1) into M mode, or into S mode what it was given: pc, cause, value; the interrupt enable and the mode move aside.
	enter: (cause, value) => {
		const code = resized(cause);
		const given = bit(code, XLEN - 1) == 1 ? m.mideleg : m.medeleg;
		if (hart.mode != Mode.M && bit(given >>> (code & (XLEN - 1)), 0) == 1) {
			m.scause = code;
			m.stval = resized(value);
			m.sepc = pc;
			m.SPIE = m.SIE;
			m.SIE = 0;
			m.SPP = bit(hart.mode, 0);
			hart.mode = Mode.S;
			jump(handler(m.stvec, code));
		} else {
			m.mcause = code;
			m.mtval = resized(value);
			m.mepc = pc;
			m.MPIE = m.MIE;
			m.MIE = 0;
			m.MPP = hart.mode;
			hart.mode = Mode.M;
			jump(handler(m.mtvec, code));
		}
	},

	// Those of M mode first (3.1.9): always below it, in M mode when MIE is set. Those of S mode (4.1.3): always in U mode, in S mode when SIE is set.
	interrupt: () => {
		const enabled = pending() & m.mie;
		const forM = hart.mode != Mode.M || m.MIE == 1 ? enabled & ~m.mideleg : constant(0, XLEN);
		const forS = hart.mode == Mode.U || (hart.mode == Mode.S && m.SIE == 1) ? enabled & m.mideleg : constant(0, XLEN);
		const take = forM != 0 ? forM : forS;
		return take != 0 ? mostUrgent(take) : constant(0, XLEN);
	},

	// Whatever MIE and SIE say (3.3.3).
	wake: () => (pending() & m.mie) != 0,
});

debugView({
	architecture: XLEN == 64 ? "riscv:rv64" : "riscv:rv32",
	features: { "org.gnu.gdb.riscv.cpu": [...range(32).map((i) => `x${i}`), "pc"], "org.gnu.gdb.riscv.fpu": range(32).map((i) => f[i]) },
});
