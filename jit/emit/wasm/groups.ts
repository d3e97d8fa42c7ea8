/** Accesses of a block in, those that lie off one base in groups out: a group is checked once, where its first access stands. */
import { Lookup } from "../../base/lookup.ts";
import { Access as AccessKind, type DirectRam } from "../../base/port.ts";
import type { Block } from "../../ir/block.ts";
import type { Op } from "../../ir/op.ts";
import { upperBound } from "./bound.ts";

/** Accesses to the main space at one value, the base, plus numbers that are known, or known to be small; distances are from that value. */
export interface Group {
	/** The value. */
	readonly base: number;
	/** Index of the op of the first one, and of the last one. */
	readonly leader: number;
	readonly last: number;
	/** Where what is checked begins, and how long it is: of the bytes that are accessed the first, cut down so that the stores' places are aligned if this one is. */
	readonly from: number;
	readonly bytes: number;
	/** Stores must be aligned to at most 2 to this power bytes. */
	readonly align: number;
	/** What the stores cover; null: there is none. */
	readonly stores: { readonly from: number; readonly end: number } | null;
	/** The half of the look-up table that the group's page is looked up in; -1: none, its place is checked by the range of RAM. */
	readonly half: number;
	/** The first access: its distance from the base, and its bytes. */
	readonly first: { readonly distance: number; readonly bytes: number };
}
export interface Member {
	readonly group: Group;
	readonly distance: number;
	/** The value that comes to the distance; -1: none. */
	readonly index: number;
}

/** By index of the op. */
export type Groups = ReadonlyMap<number, Member>;

/** The values that the access at this index is computed from, in place of its address. */
export function addressOf({ group, index }: Member, at: number): number[] {
	return [...(at === group.leader ? [group.base] : []), ...(index < 0 ? [] : [index])];
}

/** No more bytes than that in a group; of stores half a page, so that they lie in two pages at most. */
const mostBytes = 1 << 16;
const mostStored = 2048;
/** Under translation a group lies in one page, or the block is left: so it is short against one. */
const mostInPage = 320;
/** Numbers that are added to a base are at most so far from 0. */
const mostDistance = 1 << 20;

interface Access {
	readonly at: number;
	readonly distance: number;
	readonly index: number;
	/** From the first byte that may be accessed to the last one. */
	readonly bytes: number;
	readonly store: boolean;
	/** See `Group`. */
	readonly half: number;
}

interface Origin {
	readonly base: number;
	readonly distance: number;
	readonly index: number;
	/** What the index is at most. */
	readonly most: number;
}

/** What an address is a known distance from, and with `loose` a small number beside. Numbers wrap around as the address does. */
export function originOf(ops: readonly Op[], address: number, loose: boolean): Origin {
	let [base, distance, index, most] = [address, 0, -1, 0];
	for (;;) {
		const op = ops[base]!;
		if (op.op !== "add" || (op.w !== 32 && op.w !== 64)) break;
		const constant = [op.b, op.a].find((v) => ops[v]!.op === "const");
		if (constant !== undefined) {
			const { lo, hi } = ops[constant]!;
			if (Math.abs(lo) > mostDistance || (op.w === 64 && hi !== lo >> 31)) break;
			distance += lo;
			base = constant === op.b ? op.a : op.b;
			continue;
		}
		const small = loose && index < 0 ? [op.b, op.a].find((v) => upperBound(ops, v) < mostBytes) : undefined;
		if (small === undefined) break;
		index = small;
		most = upperBound(ops, small);
		base = small === op.b ? op.a : op.b;
	}
	return { base, distance, index, most };
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
	const { from, end, stores, aligned } = measure(all);
	if (all[0]!.half >= 0) return end - from <= mostInPage;
	return aligned && end - from <= mostBytes && (stores === null || stores.end - stores.from <= mostStored);
}

function finish(base: number, all: readonly Access[]): Group {
	const { from: lowest, end, stores, widest } = measure(all);
	const { half, distance, bytes, at } = all[0]!;
	// a page that stores need not ask about has no flag anywhere
	const align = half >= 0 ? 1 : (widest?.bytes ?? 1);
	const from = widest === null || half >= 0 ? lowest : lowest - ((((lowest - widest.distance) % align) + align) % align);
	return { base, leader: at, last: all.at(-1)!.at, from, bytes: end - from, align: Math.log2(align), stores, half, first: { distance, bytes } };
}

/** The half of the look-up table for an access to the main space; -1: it has to ask the port. */
export function halfOf(op: Op): number {
	const access = op.op === "store" ? AccessKind.store : op.hi;
	return access === AccessKind.fetch ? -1 : access === AccessKind.store ? Lookup.stores : 0;
}

/**
 * Accesses that are in a group of at least so many; `plain` as in `Region`: else accesses that go by different halves of the look-up table are in different groups. Where the
 * check fails the block is left with `Status.assist`, and the leader's instruction is carried out again: so it must not have accessed anything before.
 */
export function groupsOf(block: Block, ram: DirectRam, plain: boolean, least = 2): Groups {
	const { ops } = block;
	const members = new Map<number, Member>();
	/** By base, twice: for each half of the look-up table. */
	const open = new Map<number, readonly Access[]>();
	const close = (base: number, all: readonly Access[]): void => {
		if (all.length < least) return;
		const group = finish(base, all);
		if (group.bytes > ram.bytes) return;
		for (const { at, distance, index } of all) members.set(at, { group, distance, index });
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
			const store = op.op === "store";
			const { base, distance, index, most } = originOf(ops, op.a, plain && !store);
			const width = ops[op.a]!.w;
			const half = plain || op.hi === AccessKind.either ? -1 : halfOf(op);
			if (op.lo !== 0 || (half < 0 && !plain) || depth > 0 || op.w < 8 || op.w > 64 || (width !== 32 && width !== 64)) accessed = true;
			else {
				const one: Access = { at, distance, index, bytes: most + op.w / 8, store, half };
				const key = 2 * base + (half > 0 ? 1 : 0);
				const before = open.get(key);
				const joined = before && [...before, one];
				if (joined && fits(joined)) open.set(key, joined);
				else {
					if (before) close(base, before);
					if (accessed) open.delete(key);
					else open.set(key, [one]);
				}
				accessed = true;
			}
		}
	});
	for (const [key, all] of open) close(key >> 1, all);
	return members;
}
