// @ts-check
// Zicbom: cache-block management (CMO specification 1.0.0, chapter 2). There are no caches: what is left is who may, and where.
import { hart, illegalInstruction, Mode, x } from "./base.isa.js";
import { Environment } from "./envcfg.isa.js";
import { m } from "./levels.isa.js";
import "./i.isa.js";

// Write back, invalidate, or both, the block of 64 bytes that an address lies in.
extension("zicbom", "Cache-Block Management Instructions");

/** Asks M mode's and S mode's fields from `high` to `low` for the modes below (2.4): neither may be 0. */
const permit = (high, low) => {
	if (hart.mode != Mode.M && bits(m.menvcfg, high, low) == 0) illegalInstruction();
	if (hart.mode == Mode.U && bits(m.senvcfg, high, low) == 0) illegalInstruction();
};

for (const [name, funct12, high, low] of /** @type {[string, string, number, number][]} */ ([
	["cbo.inval", "000000000000", Environment.CBIE + 1, Environment.CBIE],
	["cbo.clean", "000000000001", Environment.CBCFE, Environment.CBCFE],
	["cbo.flush", "000000000010", Environment.CBCFE, Environment.CBCFE],
])) {
	// Allowed where a load or a store is; a failure counts as a store's (2.5.1).
	instruction([`${name} ({rs1})`, `${name} 0({rs1})`], `${funct12} rs1 010 00000 0001111`, ({ rs1 }) => {
		permit(high, low);
		load(x[rs1], 8, { access: "either" });
	});
}
