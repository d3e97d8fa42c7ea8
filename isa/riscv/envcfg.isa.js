// @ts-check
// Environment configuration: menvcfg and senvcfg (privileged manual 1.12, sections 3.1.18 and 4.1.10; fields of later extensions as their documents say).
import { XLEN } from "./base.isa.js";
import { m } from "./levels.isa.js";
import { entry64 } from "./zicntr.isa.js";
import { csr } from "./zicsr.isa.js";

// What M mode lets the modes below do, and S mode U mode.
extension("envcfg", "Environment Configuration Registers");

/** 1: page tables whose A or D bit is to be set raise page faults (Svade) until software sets menvcfg.ADUE; 0: the walk sets them (Svadu), until software clears it. */
const faulting = parameter("SVADE", [0, 1], 0) == 1;

/** Bits of both registers. CBIE takes two. */
export const Environment = { FIOM: 0, CBIE: 4, CBCFE: 6, CBZE: 7, ADUE: 61, PBMTE: 62, STCE: 63 };

/**
 * What cbo.zero looks at, so that it need not look at system registers: whether it may run in S mode, and in U mode.
 */
export const zeroing = state({ zeroS: 1, zeroU: 1 }, { kind: "hidden" });
const changed = () => {
	const own = bit(m.menvcfg, Environment.CBZE);
	zeroing.zeroS = own;
	zeroing.zeroU = own & bit(m.senvcfg, Environment.CBZE);
};

/** FIOM can be set and has nothing to do, since fences order everything anyway. CBIE is 0, 1 or 3; 2 leaves it as it was (WARL). */
const low = (old, value) => {
	const kept = bits(value, 5, 4) == 2 ? bits(old, 5, 4) : bits(value, 5, 4);
	return cat(bits(value, 7, 6), kept, constant(0, 3), bit(value, 0));
};

/** After power on: nothing is allowed; A and D are set by the walk unless SVADE says otherwise. */
export const resetEnvironment = () => {
	m.menvcfg = constant(faulting ? 0 : 2 ** Environment.ADUE, 64);
	m.senvcfg = 0;
	changed();
};

// menvcfg: FIOM, CBIE, CBCFE, CBZE, ADUE, PBMTE, STCE (3.1.18).
entry64(
	0x30a,
	"menvcfg",
	() => m.menvcfg,
	(value) => {
		m.menvcfg = cat(bits(value, 63, 61), constant(0, 53), low(m.menvcfg, value));
		changed();
	},
	0x10,
);
// senvcfg: FIOM, CBIE, CBCFE, CBZE (4.1.10).
entry(csr, 0x10a, "senvcfg", {
	read: () => m.senvcfg,
	write: (value) => {
		m.senvcfg = zext(low(m.senvcfg, value), XLEN);
		changed();
	},
});
