// @ts-check
// Zihintntl: non-temporal locality hints (Zihintntl specification 1.0): spellings of additions to x0, which do nothing.
import "./c.isa.js";
import "./i.isa.js";

// What the next access will not need again: there are no caches to care.
extension("zihintntl", "Non-Temporal Locality Hints");

for (const [name, rs2] of [
	["p1", "sp"],
	["pall", "gp"],
	["s1", "tp"],
	["all", "t0"],
]) {
	alias(`ntl.${name}`, `add zero,zero,${rs2}`, { print: false });
	alias(`c.ntl.${name}`, `c.add zero,${rs2}`, { print: false });
}
