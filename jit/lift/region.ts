/** An address in, a region out: the blocks that are statically reached from it. */
import { pageOf } from "../base/port.ts";
import { type Block, type BlockKey, blockKey, type Region } from "../ir/block.ts";
import { returnAddress } from "../ir/calls.ts";
import type { Isa } from "../spec/isa.ts";
import { type CodeSource, defaultLimit, isBlock, type Lifter, type NoBlock } from "./lift.ts";
import { orderBlocks } from "./order.ts";

/** A callee that has more is not inlined; nor are more than `total` instructions in a region. */
export interface InlineLimit {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
	readonly total: number;
}

export interface RegionOptions {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
	/** see `Region.plain` */
	readonly plain: boolean;
	/** A call leads to what stands behind it, and the callee is left out. */
	readonly calls?: boolean;
	/** With `calls`: which callees stand in the place of their calls, see `Region.copies`. Default none. */
	readonly inline?: InlineLimit & {
		/** Is it worth it? */
		readonly worth: (pc: number, context: number) => boolean;
	};
	/** Where an indirect jump was seen to go, by the address behind it. */
	readonly jumps?: (behind: number) => readonly number[];
	/** see `Region.apart` */
	readonly apart?: ReadonlySet<number>;
	/** Bytes of guest code, in either direction from the first block, within which blocks are taken; left out: its 4 KiB page. */
	readonly reach?: number;
	/** Cells that are context, so that a block that changes them is not cut; from `isa.contexts`. Default none. */
	readonly contexts?: Isa["contexts"];
	/** Blocks (except the first) that are left out, because they have been translated elsewhere. Default none. */
	readonly skip?: (pc: number, context: number) => boolean;
}

/** How far from its first block a region reaches where virtual addresses are physical ones, in bytes; the Wasm engine's marks have no room for more (`Marks`). */
export const reach = 1 << 18;
/** Bytes from the first to the last arm of a switch: a table of jumps has an entry for each unit between them, and V8 takes 65,520 at most. */
const widestSwitch = 1 << 13;
/** Callees that a call by pointer was seen to have, at most, for them to stand in its place. */
const mostCallees = 3;

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

/** Blocks by address and context. */
type Blocks = ReadonlyMap<BlockKey, Block>;

/** What is known of the code around an address. */
interface Around {
	/** Is it within the region's reach? */
	readonly near: (to: number) => boolean;
	/** Where a block goes, as far as that is known. */
	readonly after: (block: Block) => readonly [pc: number, context: number][];
	/** The block there, of so many instructions at most. */
	readonly at: (pc: number, context: number, limit: number) => Block | NoBlock;
}

/** The blocks that are reached from the first one, until there are enough. */
function reached(around: Around, first: Block, o: Pick<RegionOptions, "maxBlocks" | "maxInstructions" | "skip">): Blocks {
	const found = new Map([[blockKey(first.pc, first.context), first]]);
	const queue = [...around.after(first)];
	let instructions = first.count;
	for (let k = 0; k < queue.length && found.size < o.maxBlocks && instructions < o.maxInstructions; k++) {
		const [pc, context] = queue[k];
		if (!around.near(pc) || found.has(blockKey(pc, context)) || o.skip?.(pc, context)) continue;
		const block = around.at(pc, context, o.maxInstructions - instructions);
		if (!isBlock(block)) continue;
		found.set(blockKey(pc, context), block);
		instructions += block.count;
		queue.push(...around.after(block));
	}
	return found;
}

/**
 * Blocks in an order in which loops are runs of blocks, first the one asked for; or why that one cannot be had. A block is cut where another block begins,
 * so that no instruction is translated twice (except where the context changes on the way, and in callees that are inlined). Where addresses are translated all of it lies in one page,
 * because the next one may be mapped elsewhere tomorrow; only an instruction that itself goes on there is a region alone.
 */
export function formRegion(lifter: Lifter, code: CodeSource, pc: number, context: number, o: RegionOptions): Region | NoBlock {
	const page = pageOf(pc);
	const source: CodeSource = o.plain ? code : (at, across) => code(at, across === true && at === pc);
	const contextCells = new Set(o.contexts?.map((c) => c.cell));
	const jumps = new Map<number, readonly number[]>();
	const near = (to: number): boolean => (o.reach === undefined ? pageOf(to) === page : Math.abs(to - pc) <= o.reach);
	const around: Around = {
		near,
		after(block) {
			const known = targets(block, o.calls ?? false);
			if (block.end.kind !== "indirect" || known.length > 0) return known;
			const behind = block.pc + block.bytes;
			const seen = closest((o.jumps?.(behind) ?? []).filter(near));
			if (seen.length > 0) jumps.set(behind, seen);
			return seen.map((to) => [to, block.context]);
		},
		at: (from, word, most) => lifter.block(source, from, word, Math.max(1, Math.min(defaultLimit, most))),
	};
	const first = around.at(pc, context, o.maxInstructions);
	if (!isBlock(first)) return first;
	if (!o.plain && pageOf(pc + first.bytes - 1) !== page) return { blocks: [first], plain: false };
	const cut = (found: Blocks): Block[] =>
		[...found.values()].map((block) => {
			const count = leaderInside(block, found, contextCells);
			const shorter = count > 0 ? lifter.block(source, block.pc, block.context, count) : block;
			return isBlock(shorter) ? shorter : block;
		});
	const own = cut(reached(around, first, o));
	const { blocks, copies, edges } = inline(own, around, cut, o, jumps);
	const order = orderBlocks(edges);
	const place = new Map(order.map((from, to) => [from, to]));
	return {
		blocks: order.map((i) => blocks[i]),
		plain: o.plain,
		...(o.calls ? { calls: true } : {}),
		...(jumps.size > 0 ? { jumps } : {}),
		...(blocks.length > own.length ? { copies: order.map((i) => (copies[i] < 0 ? -1 : place.get(copies[i])!)) } : {}),
		...(o.apart && o.apart.size > 0 ? { apart: o.apart } : {}),
	};
}

/** Callees of a block that ends in a call: the one, or those that were seen; none when they are too many, or out of reach. */
function calleesOf(block: Block, around: Around, o: RegionOptions): readonly [pc: number, context: number][] {
	const { end } = block;
	if (returnAddress(block) === null) return [];
	if (end.kind === "jump") return around.near(end.to) ? [[end.to, end.context]] : [];
	const seen = o.jumps?.(block.pc + block.bytes) ?? [];
	return seen.length <= mostCallees && seen.every(around.near) ? seen.map((to) => [to, block.context]) : [];
}

/**
 * The region's own blocks, behind them those of callees in the place of their calls, see `Region.copies`; and where each block goes. Where calls by pointer
 * that have some there were seen to go comes into `jumps`.
 */
function inline(own: readonly Block[], around: Around, cut: (found: Blocks) => Block[], o: RegionOptions, jumps: Map<number, readonly number[]>) {
	const blocks: Block[] = [];
	const copies: number[] = [];
	const places = new Map<BlockKey, number>();
	const add = (block: Block, copy: number): void => {
		const name = blockKey(block.pc, block.context, copy);
		// callees of one call may have blocks in common
		if (places.has(name)) return;
		places.set(name, blocks.length);
		blocks.push(block);
		copies.push(copy);
	};
	const at = (pc: number, context: number, copy: number): number[] => {
		const place = places.get(blockKey(pc, context, copy));
		return place === undefined ? [] : [place];
	};
	for (const block of own) add(block, -1);
	const callees = new Map<BlockKey, readonly Block[] | null>();
	const entered = new Map<number, number[]>();
	let left = o.inline?.total ?? 0;
	own.forEach((block, call) => {
		const those = o.inline ? calleesOf(block, around, o) : [];
		for (const [pc, context] of those) {
			if (!o.inline?.worth(pc, context)) continue;
			const name = blockKey(pc, context);
			let callee = callees.get(name);
			if (callee === undefined) callees.set(name, (callee = calleeAt(pc, context, around, cut, o.inline)));
			const count = callee?.reduce((sum, one) => sum + one.count, 0) ?? 0;
			if (callee === null || count > left) continue;
			left -= count;
			for (const one of callee) add(one, call);
			entered.set(call, [...(entered.get(call) ?? []), ...at(pc, context, call)]);
		}
		if (block.end.kind === "indirect" && entered.has(call))
			jumps.set(
				block.pc + block.bytes,
				those.map(([pc]) => pc),
			);
	});
	const edges = blocks.map((block, i) => {
		const within = entered.get(i);
		if (within !== undefined && block.end.kind === "jump") return within;
		const copy = copies[i];
		// what does not go on in the callee is taken to return
		const call = block.end.kind === "indirect" && copy >= 0 && returnAddress(block) === null ? blocks[copy] : null;
		const after = (call ? around.after(call) : around.after(block)).flatMap(([pc, context]) => at(pc, context, call ? copies[copy] : copy));
		return within ? [...within, ...after] : after;
	});
	return { blocks, copies, edges };
}

/** The whole of a callee, if it is small, and jumps nowhere but within and back. */
function calleeAt(pc: number, context: number, around: Around, cut: (found: Blocks) => Block[], limit: InlineLimit): Block[] | null {
	const first = around.at(pc, context, limit.maxInstructions + 1);
	if (!isBlock(first)) return null;
	const found = reached(around, first, { maxBlocks: limit.maxBlocks + 1, maxInstructions: limit.maxInstructions + 1 });
	const blocks = cut(found);
	const small = blocks.length <= limit.maxBlocks && blocks.reduce((sum, { count }) => sum + count, 0) <= limit.maxInstructions;
	const closed = [...found.values()].every((block) => {
		const isSwitch = block.end.kind === "indirect" && returnAddress(block) === null && around.after(block).length > 0;
		return !isSwitch && around.after(block).every(([to, word]) => found.has(blockKey(to, word)));
	});
	return small && closed ? blocks : null;
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
function leaderInside(block: Block, found: Blocks, contextCells: ReadonlySet<number>): number {
	let at = block.pc;
	for (const op of block.ops) {
		if (op.op === "setreg" && contextCells.has(op.lo)) return -1;
		if (op.op !== "insn") continue;
		if (op.c > 0 && found.has(blockKey(at, block.context))) return op.c;
		at += op.b;
	}
	return -1;
}
