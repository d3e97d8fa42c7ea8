/** An address in, a region out: the blocks that are statically reached from it within its 4 KiB page. */
import type { Block, Region } from "../ir/block.ts";
import type { Isa } from "../spec/isa.ts";
import { type CodeSource, defaultLimit, isBlock, type Lifter, type NoBlock } from "./lift.ts";

export interface RegionOptions {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
	/** see `Region.plain` */
	readonly plain: boolean;
	/** Cells that are context, so that a block that changes them is not cut; from `isa.contexts`. Default none. */
	readonly contexts?: Isa["contexts"];
	/** Blocks (except the first) that are left out, because they have been translated elsewhere. Default none. */
	readonly skip?: (pc: number, context: number) => boolean;
}

const pageBytes = 4096;
const pageOf = (pc: number): number => Math.floor(pc / pageBytes);
const key = (pc: number, context: number): string => `${pc} ${context}`;

/** Where a block may go to, as known addresses. */
function targets(block: Block): [pc: number, context: number][] {
	const { end } = block;
	if (end.kind === "jump") return [[end.to, end.context]];
	if (end.kind === "branch")
		return [
			[end.else, end.context],
			[end.then, end.context],
		];
	return [];
}

/**
 * Blocks in the order they were found, first the one asked for; or why that one cannot be had. A block is cut where another block begins,
 * so that no instruction is translated twice (except where the context changes on the way). Where addresses are translated all of it lies in one page,
 * because the next one may be mapped elsewhere tomorrow; only an instruction that itself goes on there is a region alone.
 */
export function formRegion(lifter: Lifter, code: CodeSource, pc: number, context: number, o: RegionOptions): Region | NoBlock {
	const found = new Map<string, Block>();
	const queue: [number, number][] = [[pc, context]];
	const page = pageOf(pc);
	const source: CodeSource = o.plain ? code : (at, across) => code(at, across === true && at === pc);
	let instructions = 0;
	for (let k = 0; k < queue.length && found.size < o.maxBlocks && instructions < o.maxInstructions; k++) {
		const [at, word] = queue[k];
		if (found.has(key(at, word)) || (k > 0 && o.skip?.(at, word))) continue;
		const block = lifter.block(source, at, word, Math.max(1, Math.min(defaultLimit, o.maxInstructions - instructions)));
		if (!isBlock(block)) {
			if (k === 0) return block;
			continue;
		}
		if (!o.plain && pageOf(at + block.bytes - 1) !== page) return { blocks: [block], plain: false };
		found.set(key(at, word), block);
		instructions += block.count;
		for (const [to, next] of targets(block)) if (pageOf(to) === page) queue.push([to, next]);
	}
	const cells = new Set(o.contexts?.map((c) => c.cell));
	const blocks: Block[] = [];
	for (const [, block] of found) {
		const cut = leaderInside(block, found, cells);
		const shorter = cut > 0 ? lifter.block(source, block.pc, block.context, cut) : block;
		blocks.push(isBlock(shorter) ? shorter : block);
	}
	return { blocks, plain: o.plain };
}

/** Number of the first instruction after the first at which another block of the region begins, or -1. */
function leaderInside(block: Block, found: ReadonlyMap<string, Block>, contextCells: ReadonlySet<number>): number {
	let at = block.pc;
	for (const op of block.ops) {
		if (op.op === "setreg" && contextCells.has(op.lo)) return -1;
		if (op.op !== "insn") continue;
		if (op.c > 0 && found.has(key(at, block.context))) return op.c;
		at += op.b;
	}
	return -1;
}
