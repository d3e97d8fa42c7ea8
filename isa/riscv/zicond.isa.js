// @ts-check
// Zicond: integer conditional operations (Zicond specification 1.0.0).
import { x } from "./base.isa.js";
import "./i.isa.js";

// A register or 0, by whether another one is 0.
extension("zicond", "Integer Conditional Operations");

// CZERO.EQZ gives 0 when rs2 is 0, else rs1; CZERO.NEZ 0 when it is not 0.
for (const [name, funct3, gone] of /** @type {[string, string, (condition: Bits) => Value][]} */ ([
	["czero.eqz", "101", (condition) => condition == 0],
	["czero.nez", "111", (condition) => condition != 0],
])) {
	instruction(`${name} {rd},{rs1},{rs2}`, `0000111 rs2 rs1 ${funct3} rd 0110011`, ({ rd, rs1, rs2 }) => {
		x[rd] = gone(x[rs2]) ? 0 : x[rs1];
	});
}
