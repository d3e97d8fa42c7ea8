/** The block of one privileged instruction in, whether it may be carried out between units of translated code out: it changes nothing that the machine has to look at. */
import type { Block } from "../ir/block.ts";
import { type OpName, opTable } from "../ir/op.ts";
import { cellsRead } from "../lift/function.ts";
import type { Isa, MachineFunction } from "../spec/isa.ts";

/** What the machine asks after registers changed: their answers stay the same after a quiet instruction. */
const asked: readonly MachineFunction[] = ["plain", "translate", "interrupt", "wake", "alarm", "suspend"];
/** Questions and hints to the machine that may be put at any time. */
const harmless = new Set<OpName>(["retired", "clock", "synccode", "synctranslation", "offers"]);

/** `alone`: there is nobody else whose turn it could be. */
export function createQuiet(isa: Isa, alone: boolean): (block: Block) => boolean {
	const watched = cellsRead(isa, asked);
	const isQuiet = (op: OpName): boolean => opTable[op].effect !== "system" || harmless.has(op) || (alone && op === "yields");
	return ({ ops }) => ops.every(({ op, lo }) => (op === "setreg" ? !watched.has(lo) : isQuiet(op)));
}
