/** The code cache: entries and units in, bounded in number and bytes; stores to code come in, what was made from it goes. */
import { type DirectRam, pageShift } from "../base/port.ts";
import type { Links, Unit } from "../ir/block.ts";
import type { Tier } from "../tier/policy.ts";
import type { Code, Entry, Span } from "./entry.ts";

/** Upper bounds; at each of them the oldest quarter goes. */
export interface CacheLimits {
	/** Places known (lifted blocks). */
	readonly entries: number;
	/** Translated units, and the sum of their `Unit.bytes`. */
	readonly units: number;
	readonly bytes: number;
	/** Operations of lifted blocks that entries keep, some `opBytes` each with what the interpreter makes of them; those that were not used for longest go. */
	readonly ops: number;
}
export const opBytes = 35;
export const defaultLimits: CacheLimits = { entries: 1 << 17, units: 1 << 14, bytes: 64 << 20, ops: 1 << 21 };

/** Code that somebody is making. */
export interface Expected {
	readonly pages: readonly number[];
	valid: boolean;
}

/** What the machine uses of the cache. Addresses are guest physical ones. */
export interface CodeCache {
	/** Is any of these bytes of RAM code that the cache was made from? Cheap: asked for every store to a flagged page. */
	holds(address: number, bytes: number): boolean;
	/** These bytes were (or are about to be) written by anyone: pages where code was hit are invalidated. */
	written(address: number, bytes: number): void;
	/** Forgets all code of a RAM page (0 is the first of RAM) and clears its flag. */
	invalidate(page: number): void;
	/** Throws away translated code of a page; what is known of its blocks stays. */
	forget(page: number): void;
	/** Forgets everything. */
	flush(): void;
	readonly limits: CacheLimits;
	readonly counters: Readonly<{ entries: number; units: number; bytes: number; invalidations: number; evictions: number }>;

	/** For the dispatcher: the entry at a place that is acceptable, or undefined. */
	find(page: number, offset: number, pc: number, context: number, plain: boolean, accept?: (entry: Entry) => boolean): Entry | undefined;
	add(entry: Entry): void;
	/** Leads the entries, label by label, into a unit made from `spans`; `links` as in `Code`. False: it is larger than the whole cache. */
	install(unit: Unit, tier: Tier, entries: readonly { entry: Entry; label: number }[], spans: readonly Span[], links?: Links | null): boolean;
	/** Code is being made from `spans`. It must not be installed once this is no longer true: the code, or what is translated of its page, has been thrown away. */
	expect(spans: readonly Span[]): Expected;
	/** It was installed, or never will be. */
	settle(expected: Expected): void;
	/** Throws away the unit that an entry leads into, if it does. */
	discard(entry: Entry): void;
	/** How often code of the page was thrown away because it was written to. */
	rewrites(page: number): number;
	/**
	 * Direct-mapped table in front: `entries[slot]` was seen to be at its address, and allowed, under the view `views[slot]`; it may be dead, but then has no
	 * `code`. Slots are chosen and filled by the dispatcher with `slotOf`, so that views lie beside each other.
	 */
	readonly table: { readonly entries: (Entry | null)[]; readonly views: Float64Array };
}

const tableBits = 14;
const tableMask = (1 << tableBits) - 1;

/** The slot of an address and context in `CodeCache.table`; `salt` is that of the view. */
export function slotOf(lo: number, hi: number, context: number, salt: number): number {
	// most ISAs have no code at odd addresses
	return ((lo >>> 1) ^ (lo >>> (tableBits + 1)) ^ hi ^ (context << 5) ^ (context >>> 8) ^ salt) & tableMask;
}
/** Spreads views over the table. */
export function saltOf(view: number): number {
	return Math.imul(view, 0x9e3779b1) >>> (32 - tableBits);
}

/** Bytes of code that share a bit in `holds`. */
const granuleShift = 2;

interface PageCode {
	/** Entries that begin here. */
	readonly at: Map<number, Entry>;
	/** And such as only reach into it. */
	readonly others: Set<Entry>;
	readonly codes: Set<Code>;
	readonly expected: Set<Expected>;
	readonly bits: Uint32Array;
}

const pagesOf = (spans: readonly Span[]): number[] => [...new Set(spans.map(({ page }) => page))];

/** Bit of a page's flag byte (`DirectRam.pageFlags`) that is the cache's; the others belong to the machine. */
export const codeFlag = 1;

/** The cache of one machine, whose `memory` holds the flags of its pages; `ram.base` is page-aligned. `flagged` is called when a page's flag is set. */
export function createCodeCache(ram: DirectRam, memory: WebAssembly.Memory, limits: CacheLimits = defaultLimits, flagged?: (page: number) => void): CodeCache {
	const pageCount = Math.ceil(ram.bytes / 2 ** pageShift);
	const flags = new Uint8Array(memory.buffer, ram.pageFlags, pageCount);
	const rewritten = new Uint8Array(pageCount);
	const pages = new Map<number, PageCode>();
	const entries = new Set<Entry>();
	const codes = new Set<Code>();
	const table = { entries: new Array<Entry | null>(1 << tableBits).fill(null), views: new Float64Array(1 << tableBits) };
	const counters = { entries: 0, units: 0, bytes: 0, invalidations: 0, evictions: 0 };

	function pageOf(page: number): PageCode {
		let found = pages.get(page);
		if (found === undefined) {
			found = { at: new Map(), others: new Set(), codes: new Set(), expected: new Set(), bits: new Uint32Array(2 ** (pageShift - granuleShift - 5)) };
			pages.set(page, found);
			flags[page]! |= codeFlag;
			flagged?.(page);
		}
		return found;
	}

	function mark({ page, from, to }: Span): PageCode {
		const code = pageOf(page);
		for (let g = from >> granuleShift; g <= (to - 1) >> granuleShift; g++) code.bits[g >> 5]! |= 1 << (g & 31);
		return code;
	}

	function unmarkIfEmpty(page: number): void {
		const code = pages.get(page);
		if (code && code.at.size === 0 && code.others.size === 0 && code.codes.size === 0 && code.expected.size === 0) {
			pages.delete(page);
			flags[page]! &= ~codeFlag;
		}
	}

	function dropCode(code: Code): void {
		if (!codes.delete(code)) return;
		counters.units--;
		counters.bytes -= code.unit.bytes;
		for (const entry of code.entries) {
			if (entry.code !== code) continue;
			unlink(entry);
			entry.code = null;
			entry.runs = 0;
			entry.ask = 0;
		}
		code.unit.dispose?.();
		for (const page of code.pages) {
			pages.get(page)?.codes.delete(code);
			unmarkIfEmpty(page);
		}
	}

	function unlink(entry: Entry): void {
		if (entry.link >= 0) entry.code?.links?.bind(entry.link, null, 0);
	}

	function release(entry: Entry): void {
		const code = entry.code;
		unlink(entry);
		entry.code = null;
		if (code && --code.users === 0) dropCode(code);
	}

	function dropEntry(entry: Entry): void {
		if (!entries.delete(entry)) return;
		counters.entries--;
		entry.live = false;
		const slot = slotOf(entry.lo, entry.hi, entry.context, saltOf(entry.view));
		if (table.entries[slot] === entry) table.entries[slot] = null;
		const home = pages.get(entry.page);
		if (home) {
			const first = home.at.get(entry.offset);
			if (first === entry) {
				if (entry.next) home.at.set(entry.offset, entry.next);
				else home.at.delete(entry.offset);
			} else {
				for (let e = first; e; e = e.next ?? undefined) if (e.next === entry) e.next = entry.next;
			}
		}
		for (const { page } of entry.rest ?? []) pages.get(page)?.others.delete(entry);
		release(entry);
		unmarkIfEmpty(entry.page);
		for (const { page } of entry.rest ?? []) unmarkIfEmpty(page);
	}

	function settle(expected: Expected): void {
		for (const page of expected.pages) {
			pages.get(page)?.expected.delete(expected);
			unmarkIfEmpty(page);
		}
	}

	function forget(page: number): void {
		for (const expected of [...(pages.get(page)?.expected ?? [])]) {
			expected.valid = false;
			settle(expected);
		}
		for (const unit of [...(pages.get(page)?.codes ?? [])]) dropCode(unit);
	}

	function invalidate(page: number): void {
		const code = pages.get(page);
		if (!code) return;
		counters.invalidations++;
		if (rewritten[page]! < 255) rewritten[page]!++;
		forget(page);
		for (const first of [...code.at.values()]) for (let entry: Entry | null = first; entry; entry = entry.next) dropEntry(entry);
		for (const entry of [...code.others]) dropEntry(entry);
		unmarkIfEmpty(page);
	}

	/** Calls `act` with page and first and last byte in it, for what of the range lies in RAM. */
	function eachPage(address: number, bytes: number, act: (page: number, from: number, last: number) => boolean): boolean {
		const start = Math.max(address - ram.base, 0);
		const end = Math.min(address - ram.base + bytes, ram.bytes);
		for (let at = start; at < end; at = (Math.floor(at / 4096) + 1) * 4096) {
			const page = Math.floor(at / 4096);
			if ((flags[page]! & codeFlag) !== 0 && act(page, at - page * 4096, Math.min(end - page * 4096, 4096) - 1)) return true;
		}
		return false;
	}

	function hit(page: number, from: number, last: number): boolean {
		const bits = pages.get(page)?.bits;
		if (!bits) return false;
		for (let g = from >> granuleShift; g <= last >> granuleShift; g++) if (bits[g >> 5]! & (1 << (g & 31))) return true;
		return false;
	}

	/** Oldest first: sets keep the order of insertion. */
	function evictUntil<T>(all: Set<T>, drop: (one: T) => void, fits: () => boolean): void {
		for (const one of all) {
			if (fits()) return;
			counters.evictions++;
			drop(one);
		}
	}

	return {
		limits,
		counters,
		table,
		holds(address, bytes) {
			const at = address - ram.base;
			const page = Math.floor(at / 4096);
			const from = at - page * 4096;
			if (at >= 0 && at + bytes <= ram.bytes && from + bytes <= 4096) return hit(page, from, from + bytes - 1);
			return eachPage(address, bytes, hit);
		},
		written(address, bytes) {
			eachPage(address, bytes, (page, from, last) => {
				if (hit(page, from, last)) invalidate(page);
				return false;
			});
		},
		invalidate,
		forget,
		flush() {
			for (const page of [...pages.keys()]) forget(page);
			for (const entry of [...entries]) dropEntry(entry);
		},
		find(page, offset, pc, context, plain, accept) {
			for (let e = pages.get(page)?.at.get(offset); e; e = e.next ?? undefined) {
				if (e.pc === pc && e.context === context && e.plain === plain && (!accept || accept(e))) return e;
			}
			return undefined;
		},
		add(entry) {
			if (entries.size >= limits.entries) evictUntil(entries, dropEntry, () => entries.size < limits.entries * 0.75);
			for (const span of entry.rest ?? []) mark(span).others.add(entry);
			const home = mark({ page: entry.page, from: entry.offset, to: entry.to });
			entry.next = home.at.get(entry.offset) ?? null;
			home.at.set(entry.offset, entry);
			entries.add(entry);
			counters.entries++;
		},
		install(unit, tier, into, spans, links = null) {
			const live = into.filter(({ entry }) => entry.live);
			const fits = unit.bytes <= limits.bytes;
			if (!fits || live.length === 0) {
				unit.dispose?.();
				return fits;
			}
			if (codes.size >= limits.units || counters.bytes + unit.bytes > limits.bytes) {
				evictUntil(codes, dropCode, () => codes.size < limits.units * 0.75 && counters.bytes + unit.bytes <= Math.max(limits.bytes * 0.75, unit.bytes));
			}
			const code: Code = {
				unit,
				tier,
				links,
				run: unit.run,
				entries: live.map(({ entry }) => entry),
				pages: pagesOf(spans),
				users: live.length,
			};
			codes.add(code);
			counters.units++;
			counters.bytes += unit.bytes;
			for (const span of spans) mark(span).codes.add(code);
			for (const { entry, label } of live) {
				release(entry);
				entry.code = code;
				entry.label = label;
				entry.runs = 0;
			}
			return true;
		},
		expect(spans) {
			const expected: Expected = { pages: pagesOf(spans), valid: true };
			for (const span of spans) mark(span).expected.add(expected);
			return expected;
		},
		settle,
		discard({ code }) {
			if (code) dropCode(code);
		},
		rewrites: (page) => rewritten[page] ?? 0,
	};
}
