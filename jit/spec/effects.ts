/** A template in, what its instruction can do out: derived, never declared. */
import type { Cell } from "../base/layout.ts";
import { foldable, type Op, opTable } from "../ir/op.ts";
import type { Effects, RegisterFile, Template } from "./isa.ts";

export function deriveEffects(template: Template, cells: readonly Cell[], files: readonly RegisterFile[]): Effects {
	const system = (cell: number) => cells[cell]?.kind === "system";
	const systemFile = files.map((f) => f.places.some((parts) => parts?.some((p) => system(p.cell))));
	const known = template.ops.map(() => false);
	const effects = { traps: false, readsPc: false, endsBlock: false, privileged: false, loads: false, stores: false, setsContext: false };
	// how many of the open ifs depend on what is not known while a block is translated
	const ifs: boolean[] = [];
	template.ops.forEach((op, i) => {
		known[i] = isKnown(op, known, cells);
		switch (op.op) {
			case "pc":
			case "next":
				effects.readsPc = true;
				break;
			case "trap":
				effects.traps = true;
				break;
			case "jump":
				effects.endsBlock = true;
				break;
			case "load":
				effects.loads = true;
				break;
			case "store":
				effects.stores = true;
				break;
			case "getfile":
			case "setfile":
				if (systemFile[op.lo]) effects.privileged = true;
				break;
			case "getreg":
				if (system(op.lo)) effects.privileged = true;
				break;
			case "setreg":
				if (system(op.lo)) effects.privileged = true;
				if (cells[op.lo]?.kind === "context") {
					effects.setsContext = true;
					if (!known[op.a] || ifs.includes(false)) effects.endsBlock = true;
				}
				break;
			case "getspace":
			case "setspace":
				effects.privileged = true;
				break;
			case "if":
				ifs.push(known[op.a] as boolean);
				break;
			case "end":
				ifs.pop();
				break;
			default:
				if (opTable[op.op].effect === "system") effects.privileged = true;
		}
	});
	return effects;
}

/** Will the value be a number once the instruction's operands, address and context are? */
function isKnown(op: Op, known: readonly boolean[], cells: readonly Cell[]): boolean {
	switch (op.op) {
		case "operand":
		case "pc":
		case "next":
		case "raw":
			return true;
		case "getreg":
			return cells[op.lo]?.kind === "context";
	}
	if (!foldable(op.op)) return false;
	return [op.a, op.b, op.c].slice(0, opTable[op.op].args).every((a) => a < 0 || known[a] === true);
}
