// @ts-check
// Zbb: basic bit manipulation (bit-manipulation manual 1.0.0, chapter 2).
import { XLEN, x } from "./base.isa.js";
import "./i.isa.js";

// Logic with negation, counting, minimum and maximum, extension, rotation, bytes.
extension("zbb", "Basic Bit-Manipulation");

const low = (v) => bits(v, 31, 0);
/** Every byte becomes 255, or stays 0. */
const orc = (v) => cat(...range(XLEN / 8).map((i) => (bits(v, XLEN - 1 - 8 * i, XLEN - 8 - 8 * i) == 0 ? constant(0, 8) : constant(255, 8))));

// Register-register: logic with the second operand negated; signed and unsigned minimum and maximum; rotation by the low bits of rs2.
for (const [name, funct7, funct3, f] of /** @type {[string, string, string, Binary][]} */ ([
	["andn", "0100000", "111", (a, b) => a & ~b],
	["orn", "0100000", "110", (a, b) => a | ~b],
	["xnor", "0100000", "100", (a, b) => ~(a ^ b)],
	["min", "0000101", "100", (a, b) => (s(a) < s(b) ? a : b)],
	["minu", "0000101", "101", (a, b) => (u(a) < u(b) ? a : b)],
	["max", "0000101", "110", (a, b) => (s(a) < s(b) ? b : a)],
	["maxu", "0000101", "111", (a, b) => (u(a) < u(b) ? b : a)],
	["rol", "0110000", "001", (a, b) => rotl(a, b)],
	["ror", "0110000", "101", (a, b) => rotr(a, b)],
])) {
	instruction(`${name} {rd},{rs1},{rs2}`, `${funct7} rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = f(x[rs1], x[rs2]);
	});
}

// Of one register: leading zeros, trailing zeros (XLEN when there is no one bit), ones; sign extension; OR-combine and reverse of bytes.
for (const [name, funct12, funct3, f] of /** @type {[string, string, string, Unary][]} */ ([
	["clz", "011000000000", "001", (v) => clz(v)],
	["ctz", "011000000001", "001", (v) => ctz(v)],
	["cpop", "011000000010", "001", (v) => popcount(v)],
	["sext.b", "011000000100", "001", (v) => sext(bits(v, 7, 0), XLEN)],
	["sext.h", "011000000101", "001", (v) => sext(bits(v, 15, 0), XLEN)],
	["orc.b", "001010000111", "101", orc],
	["rev8", XLEN == 64 ? "011010111000" : "011010011000", "101", (v) => bswap(v)],
])) {
	instruction(`${name} {rd},{rs1}`, `${funct12} rs1 ${funct3} rd 0010011`, ({ rd, rs1 }) => {
		x[rd] = f(x[rs1]);
	});
}

// ZEXT.H: the low 16 bits; in the 32-bit opcode of RV64, in the ordinary one of RV32.
instruction("zext.h {rd},{rs1}", `0000100 00000 rs1 100 rd ${XLEN == 64 ? "0111011" : "0110011"}`, ({ rd, rs1 }) => {
	x[rd] = zext(bits(x[rs1], 15, 0), XLEN);
});

// RORI: rotate right by a constant; shamt[5] is reserved on RV32.
instruction("rori {rd},{rs1},{shamt}", `${XLEN == 64 ? "011000 shamt[5:0]" : "0110000 shamt[4:0]"} rs1 101 rd 0010011`, ({ rd, rs1, shamt }) => {
	x[rd] = rotr(x[rs1], shamt);
});
alias("ror {rd},{rs1},{shamt}", "rori {rd},{rs1},{shamt}");

if (XLEN == 64) {
	// Counts of the low 32 bits.
	for (const [name, funct12, f] of /** @type {[string, string, Unary][]} */ ([
		["clzw", "011000000000", (v) => clz(v)],
		["ctzw", "011000000001", (v) => ctz(v)],
		["cpopw", "011000000010", (v) => popcount(v)],
	])) {
		instruction(`${name} {rd},{rs1}`, `${funct12} rs1 001 rd 0011011`, ({ rd, rs1 }) => {
			x[rd] = zext(f(low(x[rs1])), 64);
		});
	}

	// Rotation of the low 32 bits, sign-extended.
	for (const [name, funct3, f] of /** @type {[string, string, Binary][]} */ ([
		["rolw", "001", (a, b) => rotl(a, b)],
		["rorw", "101", (a, b) => rotr(a, b)],
	])) {
		instruction(`${name} {rd},{rs1},{rs2}`, `0110000 rs2 rs1 ${funct3} rd 0111011`, ({ rd, rs1, rs2 }) => {
			x[rd] = sext(f(low(x[rs1]), low(x[rs2])), 64);
		});
	}
	instruction("roriw {rd},{rs1},{shamt}", "0110000 shamt[4:0] rs1 101 rd 0011011", ({ rd, rs1, shamt }) => {
		x[rd] = sext(rotr(low(x[rs1]), shamt), 64);
	});
	alias("rorw {rd},{rs1},{shamt}", "roriw {rd},{rs1},{shamt}");
}
