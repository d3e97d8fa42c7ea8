// @ts-check
// Zicntr: base counters and timers (unprivileged manual, chapter 10), on the counters of the machine level.
import { hart, illegalInstruction, Mode, XLEN } from "./base.isa.js";
import { csr } from "./zicsr.isa.js";

// cycle, time and instret, and the performance counters hpmcounter3 to 31, which count nothing.
extension("zicntr", "Base Counters and Timers");

// A counter is a 64-bit number added to the count of retired instructions; while it is inhibited it is the number itself.
export const counters = state({ mcycle: 64, minstret: 64, mcounteren: 32, scounteren: 32, mcountinhibit: 32 }, { kind: "system" });

/** A cycle is an instruction: nothing here runs at another pace. */
const inhibited = (index) => bit(counters.mcountinhibit, index) == 1;
export const mcycle = {
	read: () => (inhibited(0) ? counters.mcycle : counters.mcycle + retired()),
	// What is written is what the next instruction reads, hence the 1 (privileged manual, 3.1.10).
	write: (value) => {
		counters.mcycle = inhibited(0) ? value : value - retired() - 1;
	},
};
export const minstret = {
	read: () => (inhibited(2) ? counters.minstret : counters.minstret + retired()),
	write: (value) => {
		counters.minstret = inhibited(2) ? value : value - retired() - 1;
	},
};

/** A 64-bit number as one CSR on RV64, or as two on RV32, the high half `apart` further on. No `write`: read-only. */
export const entry64 = (index, name, read, write, apart = 0x80) => {
	if (XLEN == 64) {
		entry(csr, index, name, write ? { read, write } : { read });
	} else {
		const low = { read: () => bits(read(), 31, 0), write: (value) => write(cat(bits(read(), 63, 32), value)) };
		const high = { read: () => bits(read(), 63, 32), write: (value) => write(cat(value, bits(read(), 31, 0))) };
		entry(csr, index, name, write ? low : { read: low.read });
		entry(csr, index + apart, `${name}h`, write ? high : { read: high.read });
	}
};

/** S mode sees what mcounteren lets it see, U mode what scounteren lets it see of that (privileged manual, 3.1.11, 4.1.5). */
const visible = (index, value) => {
	if (hart.mode != Mode.M && bit(counters.mcounteren, index) == 0) illegalInstruction();
	if (hart.mode == Mode.U && bit(counters.scounteren, index) == 0) illegalInstruction();
	return value;
};

// Cycles since some time in the past: retired instructions (10.1).
entry64(0xc00, "cycle", () => visible(0, mcycle.read()));
// The board's clock, in its ticks (10.1).
entry64(0xc01, "time", () => visible(1, clock()));
// Instructions retired (10.1).
entry64(0xc02, "instret", () => visible(2, minstret.read()));
// Performance counters 3 to 31: read as 0 (10.2).
for (const i of range(29)) entry64(0xc03 + i, `hpmcounter${i + 3}`, () => visible(i + 3, constant(0, 64)));

for (const name of XLEN == 64 ? ["cycle", "time", "instret"] : ["cycle", "time", "instret", "cycleh", "timeh", "instreth"]) {
	alias(`rd${name} {rd}`, `csrrs {rd},${name},zero`);
}
alias("unimp", "csrrw zero,cycle,zero");
