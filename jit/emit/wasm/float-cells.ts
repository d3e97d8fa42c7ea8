/** A region in, the cells out that are best held as floating-point numbers. */
import type { Region } from "../../ir/block.ts";
import { type Op, opInfo } from "../../ir/op.ts";

/** Cells of 64 bits that floating-point ops of that format read or make: their locals hold numbers. */
export function floatCells(region: Region): Set<number> {
	const cells = new Set<number>();
	for (const { ops } of region.blocks)
		for (const op of ops) {
			if (opInfo[op.op].float)
				for (const v of [op.a, op.b, op.c]) {
					const from = ops[v];
					if (from?.op === "getreg" && from.w === 64 && op.op !== "ffroms" && op.op !== "ffromu") cells.add(from.lo);
				}
			if (op.op === "setreg" && op.w === 64 && isNumber(ops[op.a]!)) cells.add(op.lo);
		}
	return cells;
}
/** Is the value of the op a floating-point number? */
const isNumber = ({ op }: Op): boolean => opInfo[op].rounds === true && op !== "ftoints" && op !== "ftointu";
