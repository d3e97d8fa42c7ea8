/** An address in, a region out: the blocks that are statically reached from it. */
import type { Block, Region } from "../ir/block.ts";
import { returnAddress } from "../ir/calls.ts";
import type { Isa } from "../spec/isa.ts";
import { type CodeSource, defaultLimit, isBlock, type Lifter, type NoBlock } from "./lift.ts";
import { orderBlocks } from "./order.ts";

export interface RegionOptions {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
	/** see `Region.plain` */
	readonly plain: boolean;
	/** A call leads to what stands behind it, and the callee is left out. */
	readonly calls?: boolean;
	/** Where an indirect jump was seen to go, by the address behind it. */
	readonly jumps?: (behind: number) => readonly number[];
	/** see `Region.apart` */
	readonly apart?: ReadonlySet<number>;
	/** Bytes of guest code, in either direction from the first block, within which blocks are taken; left out: its 4 KiB page. */
	readonly reach?: number;
	/** Cells that are context, so that a block that changes them is not cut; from `isa.contexts`. Default none. */
	readonly contexts?: Isa["contexts"];
	/** The block at an address, where it has been lifted before. */
	readonly lifted?: (pc: number, context: number) => Block | null | undefined;
	/** Blocks (except the first) that are left out, because they have been translated elsewhere. Default none. */
	readonly skip?: (pc: number, context: number) => boolean;
}

/** How far from its first block a region reaches where virtual addresses are physical ones, in bytes; the Wasm engine's marks have no room for more (`Marks`). */
export const reach = 1 << 18;
const pageBytes = 4096;
/** Bytes from the first to the last arm of a switch: a table of jumps has an entry for each unit between them, and V8 takes 65,520 at most. */
const widestSwitch = 1 << 13;
const pageOf = (pc: number): number => Math.floor(pc / pageBytes);
const key = (pc: number, context: number): string => `${pc} ${context}`;

/** Where a block may go to, as known addresses. */
function targets(block: Block, calls: boolean): [pc: number, context: number][] {
	const { end } = block;
	const back = calls ? returnAddress(block) : null;
	if (back !== null) return [[back, end.kind === "jump" ? end.context : block.context]];
	if (end.kind === "jump") return [[end.to, end.context]];
	if (end.kind === "branch")
		return [
			[end.else, end.context],
			[end.then, end.context],
		];
	return [];
}

/**
 * Blocks in an order in which loops are runs of blocks, first the one asked for; or why that one cannot be had. A block is cut where another block begins,
 * so that no instruction is translated twice (except where the context changes on the way). Where addresses are translated all of it lies in one page,
 * because the next one may be mapped elsewhere tomorrow; only an instruction that itself goes on there is a region alone.
 */
export function formRegion(lifter: Lifter, code: CodeSource, pc: number, context: number, o: RegionOptions): Region | NoBlock {
	const found = new Map<string, Block>();
	const queue: [number, number][] = [[pc, context]];
	const page = pageOf(pc);
	const source: CodeSource = o.plain ? code : (at, across) => code(at, across === true && at === pc);
	const near = (to: number): boolean => (o.reach === undefined ? pageOf(to) === page : Math.abs(to - pc) <= o.reach);
	let instructions = 0;
	const jumps = new Map<number, readonly number[]>();
	/** Where a block goes, as far as that is known. */
	const after = (block: Block): [pc: number, context: number][] => {
		const known = targets(block, o.calls ?? false);
		if (block.end.kind !== "indirect" || known.length > 0) return known;
		const behind = block.pc + block.bytes;
		const seen = closest((o.jumps?.(behind) ?? []).filter(near));
		if (seen.length > 0) jumps.set(behind, seen);
		return seen.map((to) => [to, block.context]);
	};
	for (let k = 0; k < queue.length && found.size < o.maxBlocks && instructions < o.maxInstructions; k++) {
		const [at, word] = queue[k];
		if (found.has(key(at, word)) || (k > 0 && o.skip?.(at, word))) continue;
		const limit = Math.max(1, Math.min(defaultLimit, o.maxInstructions - instructions));
		const before = o.lifted?.(at, word);
		const usable = before && before.count <= limit && (o.plain || k === 0 || pageOf(at + before.bytes - 1) === page);
		const block = usable ? before : lifter.block(source, at, word, limit);
		if (!isBlock(block)) {
			if (k === 0) return block;
			continue;
		}
		if (!o.plain && pageOf(at + block.bytes - 1) !== page) return { blocks: [block], plain: false };
		found.set(key(at, word), block);
		instructions += block.count;
		for (const [to, next] of after(block)) if (near(to)) queue.push([to, next]);
	}
	const cells = new Set(o.contexts?.map((c) => c.cell));
	const blocks: Block[] = [];
	for (const [, block] of found) {
		const cut = leaderInside(block, found, cells);
		const shorter = cut > 0 ? lifter.block(source, block.pc, block.context, cut) : block;
		blocks.push(isBlock(shorter) ? shorter : block);
	}
	const places = new Map(blocks.map((block, i) => [key(block.pc, block.context), i]));
	const edges = blocks.map((block) => after(block).flatMap(([to, word]) => places.get(key(to, word)) ?? []));
	const ordered = orderBlocks(edges).map((i) => blocks[i]);
	return {
		blocks: ordered,
		plain: o.plain,
		...(o.calls ? { calls: true } : {}),
		...(jumps.size > 0 ? { jumps } : {}),
		...(o.apart && o.apart.size > 0 ? { apart: o.apart } : {}),
	};
}

/** Of addresses in ascending order the most that lie close enough to each other for a table of jumps. */
function closest(all: readonly number[]): readonly number[] {
	let [from, to] = [0, 0];
	for (let first = 0, end = 0; first < all.length; first++) {
		while (end < all.length && all[end] - all[first] <= widestSwitch) end++;
		if (end - first > to - from) [from, to] = [first, end];
	}
	return all.slice(from, to);
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
