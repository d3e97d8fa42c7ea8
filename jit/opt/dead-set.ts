/** A block in, the block without register writes that are overwritten before anything can leave or read them out. */
import type { Block } from "../ir/block.ts";
import { makeOp, type Op, type OpName, opInfo } from "../ir/op.ts";

/** May its instruction be left there, with registers as they are before it? (Where a floating-point op raises something, an engine may give the instruction back.) */
export const mayLeave = (op: OpName): boolean =>
	op === "load" || op === "store" || op === "trap" || op === "hostcall" || op === "wait" || op === "yields" || opInfo[op].float === true;

/**
 * Between two `setreg`s of one cell with no op between them that may leave nobody sees the first. `setreg`s never stand in an `if`; a read, a load or a trap inside one
 * counts as if it happened.
 */
export function dropDeadSets(block: Block): Block {
	const { ops } = block;
	/** by cell: the write after here that nothing looks behind of, as of the `age` when it was noted */
	const overwritten: number[] = [];
	let age = 1;
	let dead: Uint8Array | null = null;
	/** An engine may look first whether an indirect jump goes where it is expected to, and leave in front of it. */
	let leaves = block.end.kind === "indirect";
	for (let i = ops.length - 1; i >= 0; i--) {
		const op = ops[i];
		switch (op.op) {
			case "setreg":
				if (overwritten[op.lo] === age) {
					dead ??= new Uint8Array(ops.length);
					dead[i] = 1;
				} else overwritten[op.lo] = age;
				break;
			case "getreg":
				overwritten[op.lo] = 0;
				break;
			case "insn":
				if (leaves) age++;
				leaves = false;
				break;
			default:
				if (mayLeave(op.op)) age++;
		}
	}
	if (!dead) return block;
	const gone = dead;
	return without(block, (i) => gone[i] === 1);
}

/** The block without the ops for which `gone` answers true; nobody may use their values. */
export function without(block: Block, gone: (index: number) => boolean): Block {
	const from = block.ops;
	const to = new Int32Array(from.length);
	const ops: Op[] = [];
	for (let i = 0; i < from.length; i++) {
		to[i] = ops.length;
		if (gone(i)) continue;
		const op = from[i];
		if (op.op === "insn" || (op.a < 0 && op.b < 0)) ops.push(op);
		else ops.push(renumbered(op, to));
	}
	return { ...block, ops, end: renumberEnd(block, to) };
}

/** A copy of the op with the new numbers of the values it takes. Not for `insn`. */
export function renumbered(op: Op, to: ArrayLike<number>): Op {
	const at = (v: number): number => (v < 0 ? -1 : to[v]);
	return makeOp(op.op, op.w, at(op.a), at(op.b), at(op.c), op.lo, op.hi, at(op.d));
}

/** The terminator with its value's new number. */
export function renumberEnd({ end }: Block, to: ArrayLike<number>): Block["end"] {
	if (end.kind === "branch") return { ...end, if: to[end.if] };
	if (end.kind === "indirect") return { ...end, to: to[end.to] };
	return end;
}
