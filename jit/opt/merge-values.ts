/** A block in, the block where a pure op that was done before with the same operands is not done again out. */
import type { Block } from "../ir/block.ts";
import { type Op, opTable } from "../ir/op.ts";
import { renumberEnd, without } from "./dead-set.ts";

const key = (op: Op): string => `${op.op} ${op.w} ${op.a} ${op.b} ${op.c} ${op.lo} ${op.hi}`;

/** Values of an arm are merged with those of the same arm and of what is around it. Constants and `phi` are left: engines write constants where they are used. */
export function mergeValues(block: Block): Block {
	const known = new Map<string, number>();
	/** keys to forget at the end of the arm, by depth */
	const scopes: string[][] = [[]];
	const same = new Int32Array(block.ops.length);
	const constants = new Map<string, number>();
	let merged = 0;
	/** the number that stands for a value when keys are compared: all constants of one value have one */
	const name = (v: number): number =>
		v < 0 ? v : v < block.ops.length && block.ops[v].op === "const" ? (constants.get(key(block.ops[v])) as number) : same[v];
	const ops = block.ops.map((op, i): Op => {
		same[i] = i;
		const forget = (): void => {
			for (const k of scopes.pop() as string[]) known.delete(k);
		};
		if (op.op === "insn") return op;
		if (op.op === "if") scopes.push([]);
		else if (op.op === "else") {
			forget();
			scopes.push([]);
		} else if (op.op === "end") forget();
		if (op.op === "const") {
			const k = key(op);
			if (!constants.has(k)) constants.set(k, -2 - constants.size);
			return op;
		}
		const now = { ...op, a: op.a < 0 ? -1 : same[op.a], b: op.b < 0 ? -1 : same[op.b], c: op.c < 0 ? -1 : same[op.c] };
		if (opTable[op.op].effect !== "pure" || op.op === "phi") return now;
		const k = key({ ...op, a: name(op.a), b: name(op.b), c: name(op.c) });
		const before = known.get(k);
		if (before === undefined) {
			known.set(k, i);
			scopes[scopes.length - 1].push(k);
		} else {
			same[i] = before;
			merged++;
		}
		return now;
	});
	if (!merged) return block;
	return without({ ...block, ops, end: renumberEnd(block, same) }, (i) => same[i] !== i);
}
