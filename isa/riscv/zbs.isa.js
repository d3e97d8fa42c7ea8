// @ts-check
// Zbs: single-bit instructions (bit-manipulation manual 1.0.0, chapter 2).
import { XLEN, x } from "./base.isa.js";
import "./i.isa.js";

// Clear, extract, invert and set the bit whose number is in rs2 or in the instruction.
extension("zbs", "Single-bit Instructions");

const mask = (index) => constant(1, XLEN) << (index & (XLEN - 1));

// The number counts modulo XLEN; shamt[5] is reserved on RV32.
for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
	["bclr", "0100100", "001", (a, b) => a & ~mask(b)],
	["bext", "0100100", "101", (a, b) => (a >>> (b & (XLEN - 1))) & 1],
	["binv", "0110100", "001", (a, b) => a ^ mask(b)],
	["bset", "0010100", "001", (a, b) => a | mask(b)],
])) {
	instruction(`${name} {rd},{rs1},{rs2}`, `${funct7} rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = f(x[rs1], x[rs2]);
	});
	const place = XLEN == 64 ? `${funct7.slice(0, 6)} shamt[5:0]` : `${funct7} shamt[4:0]`;
	instruction(`${name}i {rd},{rs1},{shamt}`, `${place} rs1 ${funct3} rd 0010011`, ({ rd, rs1, shamt }) => {
		x[rd] = f(x[rs1], shamt);
	});
	alias(`${name} {rd},{rs1},{shamt}`, `${name}i {rd},{rs1},{shamt}`);
}
