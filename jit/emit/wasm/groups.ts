/** Accesses of a block in, those that lie off one base in groups out: a group is checked once, where its first access stands. */
import type { DirectRam } from "../../base/port.ts";
import type { Block } from "../../ir/block.ts";
import type { Op } from "../../ir/op.ts";

/** Accesses to the main space at one value plus numbers that are known; distances are from that value. */
export interface Group {
	/** Index of the op of the last one. */
	readonly last: number;
	/** Distance of the first one. */
	readonly first: number;
	/** Where what is checked begins, and how long it is: of the bytes that are accessed the first, cut down so that the stores' places are aligned if this one is. */
	readonly from: number;
	readonly bytes: number;
	/** Stores must be aligned to at most 2 to this power bytes. */
	readonly align: number;
	/** What the stores cover; null: there is none. */
	readonly stores: { readonly from: number; readonly end: number } | null;
}
export interface Member {
	readonly group: Group;
	readonly distance: number;
}

/** No more bytes than half a page, so that a group lies in two pages at most. */
const mostBytes = 2048;

interface Access {
	readonly at: number;
	readonly distance: number;
	readonly bytes: number;
	readonly store: boolean;
}

/** The value that an address is a known distance from. Numbers wrap around as the address does. */
function originOf(ops: readonly Op[], address: number): { origin: number; distance: number } {
	let [origin, distance] = [address, 0];
	for (;;) {
		const op = ops[origin]!;
		if (op.op !== "add" || (op.w !== 32 && op.w !== 64)) break;
		const number = [op.b, op.a].find((v) => ops[v]!.op === "const");
		const { lo, hi } = number === undefined ? { lo: 1 << 31, hi: 0 } : ops[number]!;
		if (Math.abs(lo) > 1 << 20 || (op.w === 64 && hi !== lo >> 31)) break;
		distance += lo;
		origin = number === op.b ? op.a : op.b;
	}
	return { origin, distance };
}

/** What accesses cover together; `widest`: the store of the most bytes, by which the others' places must be aligned. */
function measure(all: readonly Access[]) {
	const cover = (some: readonly Access[]) => ({
		from: Math.min(...some.map(({ distance }) => distance)),
		end: Math.max(...some.map(({ distance, bytes }) => distance + bytes)),
	});
	const stores = all.filter(({ store }) => store);
	if (stores.length === 0) return { ...cover(all), stores: null, widest: null, aligned: true };
	const widest = stores.reduce((best, one) => (one.bytes > best.bytes ? one : best));
	const aligned = stores.every(({ distance, bytes }) => (distance - widest.distance) % bytes === 0);
	return { ...cover(all), stores: cover(stores), widest, aligned };
}

/** Do the accesses stay within bounds together, and are the stores aligned together? */
function fits(all: readonly Access[]): boolean {
	const { from, end, aligned } = measure(all);
	return aligned && end - from <= mostBytes;
}

function finish(all: readonly Access[]): Group {
	const { from: lowest, end, stores, widest } = measure(all);
	const align = widest?.bytes ?? 1;
	const from = widest === null ? lowest : lowest - ((((lowest - widest.distance) % align) + align) % align);
	return { last: all.at(-1)!.at, first: all[0]!.distance, from, bytes: end - from, align: Math.log2(align), stores };
}

/**
 * By index of the op, for accesses that are in a group of at least two. Where the check fails the block is left with `Status.assist`, and the leader's instruction
 * is carried out again: so it must not have accessed anything before.
 */
export function groupsOf(block: Block, ram: DirectRam): ReadonlyMap<number, Member> {
	const { ops } = block;
	const members = new Map<number, Member>();
	const open = new Map<number, readonly Access[]>();
	const close = (all: readonly Access[]): void => {
		if (all.length < 2) return;
		const group = finish(all);
		if (group.bytes > ram.bytes) return;
		for (const { at, distance } of all) members.set(at, { group, distance });
	};
	let depth = 0;
	/** Has the instruction accessed something? */
	let accessed = false;
	ops.forEach((op, at) => {
		if (op.op === "insn") {
			accessed = false;
		} else if (op.op === "if") depth++;
		else if (op.op === "end") depth--;
		else if (op.op === "load" || op.op === "store") {
			const { origin, distance } = originOf(ops, op.a);
			const width = ops[op.a]!.w;
			if (op.lo !== 0 || depth > 0 || op.w < 8 || op.w > 64 || (width !== 32 && width !== 64)) accessed = true;
			else {
				const one: Access = { at, distance, bytes: op.w / 8, store: op.op === "store" };
				const before = open.get(origin);
				const joined = before && [...before, one];
				if (joined && fits(joined)) open.set(origin, joined);
				else {
					if (before) close(before);
					if (accessed) open.delete(origin);
					else open.set(origin, [one]);
				}
				accessed = true;
			}
		}
	});
	for (const all of open.values()) close(all);
	return members;
}
