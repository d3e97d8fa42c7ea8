/** A region's blocks and edges in, out for each block which cells differ from the state in memory, and which locals must hold their cell's value. */
import type { Block } from "../../ir/block.ts";

/** A set of cells, as bits by the number that the flow gave them. */
type Bits = Uint32Array;

/** An edge of the region. After a call that has returned nothing is held in locals any more. */
export interface Edge {
	readonly to: number;
	readonly call: boolean;
}

/** pc is not followed: it is cell 0 and written by exits only. */
export interface Flow {
	/** Cells that the region touches, ascending. */
	readonly cells: readonly number[];
	/** Cells that may have been set since they were loaded or written back, when the block begins. A block may leave there, so they are live, too. */
	dirtyAt(block: number): number[];
	/** Cells whose value somebody wants, be it only to write it back, when the block begins: their locals must be right. */
	liveAt(block: number): number[];
}

/** Entered from outside, a block has nothing in locals. */
export function flowOf(blocks: readonly Block[], edges: readonly (readonly Edge[])[]): Flow {
	const seen = new Set<number>();
	for (const block of blocks) for (const { op, lo } of block.ops) if ((op === "getreg" || op === "setreg") && lo !== 0) seen.add(lo);
	const cells = [...seen].sort((a, b) => a - b);
	const number = new Map(cells.map((cell, i) => [cell, i]));
	const words = (cells.length + 31) >> 5;
	const put = (set: Bits, i: number): void => {
		set[i >> 5]! |= 1 << (i & 31);
	};
	/** Adds `from` less `without`; true when `to` grew. */
	const join = (to: Bits, from: Bits, without: Bits | null): boolean => {
		let grown = 0;
		for (let w = 0; w < words; w++) {
			const more = from[w]! & ~(without === null ? 0 : without[w]!) & ~to[w]!;
			grown |= more;
			to[w]! |= more;
		}
		return grown !== 0;
	};

	const written = blocks.map(() => new Uint32Array(words));
	const live = blocks.map(() => new Uint32Array(words));
	blocks.forEach((block, p) => {
		for (const { op, lo } of block.ops) {
			if ((op !== "getreg" && op !== "setreg") || lo === 0) continue;
			const i = number.get(lo)!;
			if (op === "setreg") put(written[p]!, i);
			else if ((written[p]![i >> 5]! & (1 << (i & 31))) === 0) put(live[p]!, i);
		}
	});
	const dirty = blocks.map(() => new Uint32Array(words));
	for (let changed = true; changed; ) {
		changed = false;
		blocks.forEach((_, p) => {
			for (const { to, call } of edges[p]!) {
				if (call) continue;
				if (join(dirty[to]!, dirty[p]!, null)) changed = true;
				if (join(dirty[to]!, written[p]!, null)) changed = true;
			}
		});
	}
	live.forEach((set, p) => void join(set, dirty[p]!, null));
	for (let changed = true; changed; ) {
		changed = false;
		for (let p = blocks.length - 1; p >= 0; p--) for (const { to, call } of edges[p]!) if (!call && join(live[p]!, live[to]!, written[p]!)) changed = true;
	}
	const list = (set: Bits): number[] => cells.filter((_, i) => (set[i >> 5]! & (1 << (i & 31))) !== 0);
	return { cells, dirtyAt: (p) => list(dirty[p]!), liveAt: (p) => list(live[p]!) };
}
