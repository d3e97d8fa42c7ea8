// @ts-check
// M: integer multiplication and division (unprivileged manual, chapter 7).
import { word, XLEN, x } from "./base.isa.js";
import "./i.isa.js";

// Multiplication and division of integer registers.
extension("m", "Standard Extension for Integer Multiplication and Division");

// Products (7.1): the low XLEN bits; the high XLEN bits of signed x signed, signed rs1 x unsigned rs2, unsigned x unsigned.
// Quotients and remainders (7.2) round towards zero. By zero: all ones and the dividend. Overflow: the dividend and 0. Nothing traps.
for (const [name, funct3, f] of /** @type {[string, string, Binary][]} */ ([
	["mul", "000", (a, b) => a * b],
	["mulh", "001", (a, b) => mulh(s(a), s(b))],
	["mulhsu", "010", (a, b) => mulh(s(a), u(b))],
	["mulhu", "011", (a, b) => mulh(u(a), u(b))],
	["div", "100", (a, b) => s(a) / s(b)],
	["divu", "101", (a, b) => u(a) / u(b)],
	["rem", "110", (a, b) => s(a) % s(b)],
	["remu", "111", (a, b) => u(a) % u(b)],
])) {
	instruction(`${name} {rd},{rs1},{rs2}`, `0000001 rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = f(x[rs1], x[rs2]);
	});
}

if (XLEN == 64) {
	// The same on the low 32 bits, result sign-extended, unsigned ones too (7.1, 7.2).
	for (const [name, funct3, f] of /** @type {[string, string, Binary][]} */ ([
		["mulw", "000", (a, b) => a * b],
		["divw", "100", (a, b) => s(a) / s(b)],
		["divuw", "101", (a, b) => u(a) / u(b)],
		["remw", "110", (a, b) => s(a) % s(b)],
		["remuw", "111", (a, b) => u(a) % u(b)],
	])) {
		instruction(`${name} {rd},{rs1},{rs2}`, `0000001 rs2 rs1 ${funct3} rd 0111011`, ({ rd, rs1, rs2 }) => {
			x[rd] = word(f(bits(x[rs1], 31, 0), bits(x[rs2], 31, 0)));
		});
	}
}
