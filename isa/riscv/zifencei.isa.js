// @ts-check
// Zifencei: instruction-fetch fence (unprivileged manual, chapter 3).
import "./i.isa.js";

// Makes stores to instruction memory visible to fetches.
extension("zifencei", "Instruction-Fetch Fence");

// FENCE.I: fetches after it see every store before it (3).
instruction("fence.i", "000000000000 00000 001 00000 0001111", () => syncCode());

// The other values of imm, rs1 and rd are reserved for finer fences; the manual has them executed as FENCE.I. binutils has no name for them.
operands({ imm12: unsigned(12) });
for (const where of /** @type {Record<string, Only>[]} */ ([{ rd: not(0) }, { rd: only(0), rs1: not(0) }, { rd: only(0), rs1: only(0), imm12: not(0) }])) {
	instruction("fence.i.reserved {imm12},{rs1},{rd}", "imm12[11:0] rs1 001 rd 0001111", () => syncCode(), { where });
}
