/** A block in, the block without pure ops and register reads whose value nobody uses, and without empty `if`s, out. */
import type { Block } from "../ir/block.ts";
import { compact } from "../ir/compact.ts";
import { makeOp } from "../ir/op.ts";
import { renumberEnd } from "./dead-set.ts";

/** Leaves the block that came in as it is. */
export function dropDeadValues(block: Block): Block {
	const { end } = block;
	const ops = block.ops.map((op) => makeOp(op.op, op.w, op.a, op.b, op.c, op.lo, op.hi, op.d));
	const to = compact(ops, [end.kind === "branch" ? end.if : end.kind === "indirect" ? end.to : -1]);
	return ops.length === block.ops.length ? block : { ...block, ops, end: renumberEnd(block, to) };
}
