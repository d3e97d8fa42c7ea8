// @ts-check
// Zba: address generation (bit-manipulation manual 1.0.0, chapter 2).
import { XLEN, x } from "./base.isa.js";
import "./i.isa.js";

// Adds a shifted index to an address.
extension("zba", "Address Generation Instructions");

for (const [name, funct3, by] of /** @type {[string, string, number][]} */ ([
	["sh1add", "010", 1],
	["sh2add", "100", 2],
	["sh3add", "110", 3],
])) {
	// SH1ADD, SH2ADD, SH3ADD: rd = rs2 + (rs1 << 1, 2 or 3).
	instruction(`${name} {rd},{rs1},{rs2}`, `0010000 rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = x[rs2] + (x[rs1] << by);
	});
	if (XLEN == 64) {
		// The same with the low 32 bits of rs1 as an unsigned index.
		instruction(`${name}.uw {rd},{rs1},{rs2}`, `0010000 rs2 rs1 ${funct3} rd 0111011`, ({ rd, rs1, rs2 }) => {
			x[rd] = x[rs2] + (zext(bits(x[rs1], 31, 0), 64) << by);
		});
	}
}

if (XLEN == 64) {
	// ADD.UW: rd = rs2 + the low 32 bits of rs1.
	instruction("add.uw {rd},{rs1},{rs2}", "0000100 rs2 rs1 000 rd 0111011", ({ rd, rs1, rs2 }) => {
		x[rd] = x[rs2] + zext(bits(x[rs1], 31, 0), 64);
	});
	alias("zext.w {rd},{rs1}", "add.uw {rd},{rs1},zero");

	// SLLI.UW: rd = the low 32 bits of rs1 << shamt.
	instruction("slli.uw {rd},{rs1},{shamt}", "000010 shamt[5:0] rs1 001 rd 0011011", ({ rd, rs1, shamt }) => {
		x[rd] = zext(bits(x[rs1], 31, 0), 64) << shamt;
	});
}
