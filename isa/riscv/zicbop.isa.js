// @ts-check
// Zicbop: cache-block prefetch (CMO specification 1.0.0, chapter 2): spellings of ORI to x0, which does nothing.
import "./i.isa.js";

// What will be fetched, read or written soon: there are no caches to fill.
extension("zicbop", "Cache-Block Prefetch Instructions");

for (const [name, low] of /** @type {[string, number][]} */ ([
	["prefetch.i", 0],
	["prefetch.r", 1],
	["prefetch.w", 3],
])) {
	macro(`${name} {imm}({rs1})`, ({ imm, rs1 }) => [`ori zero,${rs1},${imm}+${low}`]);
}
