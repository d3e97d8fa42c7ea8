/** A region in, the cells out that are best held as floating-point numbers. */
import type { Region } from "../../ir/block.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import { takesNumbers } from "./values.ts";

/** Cells of 64 bits that floating-point ops of that format read or make, or that are set to what they read: their locals hold numbers. */
export function floatCells(region: Region, fuses: () => boolean): Map<number, "f64" | "v128"> {
	const cells = new Set<number>();
	const added = new Set<number>();
	const summed = new Set<number>();
	for (const { ops } of region.blocks) {
		const read = new Set<number>();
		for (const op of ops) {
			if (!takesNumbers(op)) continue;
			for (const v of [op.a, op.b, op.c]) {
				const from = ops[v];
				if (from?.w !== 64) continue;
				read.add(v);
				if (from.op !== "getreg") continue;
				cells.add(from.lo);
				if (op.op === "fma") added.add(from.lo);
			}
		}
		for (const op of ops) {
			if (op.op !== "setreg" || op.w !== 64 || !(isNumber(ops[op.a]!) || read.has(op.a))) continue;
			cells.add(op.lo);
			if (ops[op.a]!.op === "fma") summed.add(op.lo);
		}
	}
	const isVector = (cell: number): boolean => added.has(cell) && summed.has(cell) && fuses();
	return new Map([...cells].map((cell) => [cell, isVector(cell) ? "v128" : "f64"]));
}
/** Is the value of the op a floating-point number? */
const isNumber = ({ op }: Op): boolean => opInfo[op].rounds === true && op !== "ftoints" && op !== "ftointu";
