/** A block in, the block without register writes that are overwritten before anything can leave or read them out. */
import type { Block } from "../ir/block.ts";
import type { Op } from "../ir/op.ts";

/**
 * Between two `setreg`s of one cell with no load, store, trap or system op between them nobody sees the first. `setreg`s never stand in an `if`;
 * a read, a load or a trap inside one counts as if it happened.
 */
export function dropDeadSets(block: Block): Block {
	const { ops } = block;
	const overwritten = new Set<number>();
	let dead: Set<number> | null = null;
	for (let i = ops.length - 1; i >= 0; i--) {
		const op = ops[i];
		switch (op.op) {
			case "setreg":
				if (overwritten.has(op.lo)) (dead ??= new Set()).add(i);
				else overwritten.add(op.lo);
				break;
			case "getreg":
				overwritten.delete(op.lo);
				break;
			case "load":
			case "store":
			case "trap":
			case "hostcall":
			case "wait":
				overwritten.clear();
				break;
			default:
		}
	}
	if (!dead) return block;
	const gone = dead;
	return without(block, (i) => gone.has(i));
}

/** The block without the ops for which `gone` answers true; nobody may use their values. */
export function without(block: Block, gone: (index: number) => boolean): Block {
	const to = new Int32Array(block.ops.length);
	const ops: Op[] = [];
	block.ops.forEach((op, i) => {
		to[i] = ops.length;
		if (gone(i)) return;
		const moved = { ...op };
		if (op.op !== "insn") {
			if (op.a >= 0) moved.a = to[op.a];
			if (op.b >= 0) moved.b = to[op.b];
			if (op.c >= 0) moved.c = to[op.c];
		}
		ops.push(moved);
	});
	return { ...block, ops, end: renumberEnd(block, to) };
}

/** The terminator with its value's new number. */
export function renumberEnd({ end }: Block, to: ArrayLike<number>): Block["end"] {
	if (end.kind === "branch") return { ...end, if: to[end.if] };
	if (end.kind === "indirect") return { ...end, to: to[end.to] };
	return end;
}
