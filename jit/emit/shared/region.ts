/** Facts about a region that every emitter needs: which cells it touches, where its edges lead, where it may leave in the middle. */
import { Access } from "../../base/port.ts";
import { type Block, blockKey, copyOf, type Region } from "../../ir/block.ts";
import type { Op } from "../../ir/op.ts";

/** Signed 32-bit halves of an address as blocks hold them (a JavaScript number below 2^53 in size). */
export function halvesOf(address: number): [lo: number, hi: number] {
	return [address | 0, Math.floor(address / 4294967296) | 0];
}

/** Cells by number, ascending. `load`: those whose value at entry matters; `written`: those that must be written back. */
export interface Cells {
	readonly load: readonly number[];
	readonly written: readonly number[];
}

/**
 * A region that cannot leave or loop in the middle needs only what it reads before writing, and what it writes in one arm of an `if` only;
 * any other one needs all it touches, because the exits share one write-back.
 */
export function cellsOf(region: Region): Cells {
	const read = new Set<number>();
	const written = new Set<number>();
	const alone = region.blocks.length === 1 && !loops(region, 0) && !leavesInside(region.blocks[0]!);
	for (const block of region.blocks) {
		let depth = 0;
		for (const op of block.ops) {
			if (op.op === "if") depth++;
			else if (op.op === "end") depth--;
			else if (op.op === "getreg" && !(alone && written.has(op.lo))) read.add(op.lo);
			else if (op.op === "setreg") {
				if (alone && depth > 0 && !written.has(op.lo)) read.add(op.lo);
				written.add(op.lo);
			}
		}
	}
	const load = alone ? read : new Set([...read, ...written]);
	const ascending = (set: Set<number>) => [...set].sort((a, b) => a - b);
	return { load: ascending(load), written: ascending(written) };
}

/** May an instruction in the middle of the block leave it (a trap, a fault, an assist)? */
export function leavesInside(block: Block): boolean {
	return block.ops.some(({ op }) => op === "load" || op === "store" || op === "trap");
}

/** Does the region read the look-up table? */
export function looksUp(region: Region): boolean {
	const reads = ({ op, lo, hi }: Op): boolean => lo === 0 && (op === "store" || (op === "load" && hi !== Access.fetch));
	return !region.plain && region.blocks.some((block) => block.ops.some(reads));
}

/** The label (index) of the block of this region that starts there, among those that stand in the place of a call or (left out) for themselves; or -1. */
export type Labels = (pc: number, context: number, copy?: number) => number;

export function labelsOf(region: Region): Labels {
	const labels = new Map(region.blocks.map((block, label) => [blockKey(block.pc, block.context, copyOf(region, label)), label]));
	return (pc, context, copy) => labels.get(blockKey(pc, context, copy)) ?? -1;
}

/** Where a block goes inside its region: labels, -1 for outside. */
export function successors(region: Region, label: number, labels: Labels = labelsOf(region)): number[] {
	const { end } = region.blocks[label]!;
	const to = (pc: number, context: number): number => labels(pc, context, copyOf(region, label));
	if (end.kind === "jump") return [to(end.to, end.context)];
	if (end.kind === "branch") return [to(end.then, end.context), to(end.else, end.context)];
	return [];
}

/** Does the block go to itself? */
export function loops(region: Region, label: number): boolean {
	return successors(region, label).includes(label);
}

/** Index of the `else` and `end` of each `if` and the phis after it, by the index of the `if`. */
export interface Arms {
	readonly else: number;
	readonly end: number;
	readonly phis: readonly number[];
}

export function armsOf(block: Pick<Block, "ops">): ReadonlyMap<number, Arms> {
	const arms = new Map<number, Arms>();
	const open: { at: number; else: number }[] = [];
	block.ops.forEach(({ op }, i) => {
		if (op === "if") open.push({ at: i, else: -1 });
		else if (op === "else") open[open.length - 1]!.else = i;
		else if (op === "end") {
			const { at, else: middle } = open.pop()!;
			const phis: number[] = [];
			for (let p = i + 1; block.ops[p]?.op === "phi"; p++) phis.push(p);
			arms.set(at, { else: middle, end: i, phis });
		}
	});
	return arms;
}
