// @ts-check
// Sstc: a timer of the supervisor level (Sstc specification 1.0.0). That mip.STIP follows it is in levels.isa.js.
import { hart, illegalInstruction, Mode } from "./base.isa.js";
import { m, ownTimer } from "./levels.isa.js";
import { counters, entry64 } from "./zicntr.isa.js";

// stimecmp: the tick of the board's clock from which on the supervisor's timer interrupt is pending.
extension("sstc", "Supervisor-Mode Timer Interrupts");

/** S mode may touch it when it may read the clock and M mode has given it the timer (2.1.1). */
const visible = () => {
	if (hart.mode != Mode.M && (bit(counters.mcounteren, 1) == 0 || !ownTimer())) illegalInstruction();
};

// stimecmp, and stimecmph on RV32 (2.1.1).
entry64(
	0x14d,
	"stimecmp",
	() => {
		visible();
		return m.stimecmp;
	},
	(value) => {
		visible();
		m.stimecmp = value;
	},
	0x10,
);

machine({
	alarm: () => (ownTimer() ? m.stimecmp : ~constant(0, 64)),
});
