/** A value of a block in, a number out that it is never above. */
import type { Op } from "../../ir/op.ts";

/** An upper bound of value i as an unsigned number, from the ops that it is made of, `depth` of them deep. */
export function upperBound(ops: readonly Op[], i: number, depth = 6): number {
	const op = ops[i]!;
	const all = 2 ** op.w - 1;
	if (op.op === "const") return (op.hi >>> 0) * 2 ** 32 + (op.lo >>> 0);
	if (depth === 0) return all;
	const bound = (j: number) => upperBound(ops, j, depth - 1);
	switch (op.op) {
		case "and":
			return Math.min(all, bound(op.a), bound(op.b));
		case "zext":
		case "trunc":
			return Math.min(all, bound(op.a));
		case "sext": {
			const from = bound(op.a);
			return from < 2 ** (ops[op.a]!.w - 1) ? from : all;
		}
		case "shr":
			return ops[op.b]!.op === "const" ? Math.floor(bound(op.a) / 2 ** bound(op.b)) : bound(op.a);
		case "shl":
			return ops[op.b]!.op === "const" ? Math.min(all, bound(op.a) * 2 ** bound(op.b)) : all;
		case "remu": {
			const divisor = ops[op.b]!.op === "const" ? bound(op.b) : 0;
			return divisor > 0 ? divisor - 1 : all;
		}
		case "select":
			return Math.max(bound(op.b), bound(op.c));
		case "clz":
		case "ctz":
		case "popcount":
			return Math.min(all, ops[op.a]!.w);
		default:
			return all;
	}
}
