/** What translation read of RAM in, what is no longer true once it changes out: so that whatever is remembered of a translation is never old, whether or not the guest says so. */
import { Access, pageShift } from "../../jit/base/port.ts";
import { type GuestMemory, PageFlag } from "./guest-memory.ts";

/** Bytes that share a bit. */
const granuleShift = 2;
const granules = 1 << (pageShift - granuleShift);
/** Notes at most; past it everything is forgotten at the next change, so that a guest cannot fill the host's memory with them. */
const mostNotes = 2 ** 16;

/** Of a remembered translation: a virtual page, its address in halves. */
export interface WalkedPage {
	readonly lo: number;
	readonly hi: number;
}
/** What to forget: pages, under every translation; and all that was found under some translations, by their numbers. */
export interface Stale {
	readonly pages: readonly WalkedPage[];
	readonly views: readonly number[];
}

export interface Walks {
	/** A translation begins; what it reads is noted until `keep`. */
	begin(): void;
	/** It reads these bytes of RAM, all in one page. */
	note(address: number, bytes: number): void;
	/** It succeeded and will be remembered for the page of an address, under `view`: what it read is watched from now on, by the flags of its pages. */
	keep(lo: number, hi: number, access: number, view: number): void;
	/** Did a translation that is remembered read one of these bytes, all in one page? */
	holds(address: number, bytes: number): boolean;
	/**
	 * These bytes, all in one page, have changed. What to forget, which is no longer noted; or null: everything there is. The last thing that a translation
	 * reads is what says where its own page is, so only pages read there are touched; a change of anything read before, or of where code is, touches all that
	 * was found under the same numbers.
	 */
	changed(address: number, bytes: number): Stale | null;
	/** Nothing is remembered any more. */
	clear(): void;
}

/** `flagged` is called when the flag of a RAM page (0 is the first) is set. */
export function createWalks(memory: GuestMemory, flagged: (page: number) => void): Walks {
	const { bytes: raw, ram } = memory;
	/** By page: a bit a granule that was read. */
	const read = new Map<number, Uint32Array>();
	/** By granule, counted from RAM's first byte: pages whose translation read it last. */
	const leaves = new Map<number, Map<number, WalkedPage>>();
	/** The same: numbers of translations that read it on the way to others, or for code. */
	const views = new Map<number, Set<number>>();
	let notes = 0;
	/** Granules of the translation under way; from `last` on those of the last thing read. */
	const noted: number[] = [];
	let last = 0;

	const watch = (granule: number): void => {
		const page = Math.floor(granule / granules);
		let bits = read.get(page);
		if (bits === undefined) {
			read.set(page, (bits = new Uint32Array(granules >>> 5)));
			raw[ram.pageFlags + page]! |= PageFlag.walked;
			flagged(page);
		}
		bits[wordOf(granule)]! |= 1 << (granule & 31);
	};
	const unwatch = (page: number): void => {
		read.delete(page);
		raw[ram.pageFlags + page]! &= ~PageFlag.walked;
	};
	const wordOf = (granule: number): number => (granule % granules) >>> 5;
	const firstOf = (address: number): number => (address - ram.base) >>> granuleShift;
	const lastOf = (address: number, bytes: number): number => (address + bytes - 1 - ram.base) >>> granuleShift;
	const noteView = (granule: number, view: number): void => {
		let known = views.get(granule);
		if (known === undefined) {
			views.set(granule, (known = new Set()));
			watch(granule);
		}
		if (known.has(view)) return;
		known.add(view);
		notes++;
	};
	const noteLeaf = (granule: number, lo: number, hi: number): void => {
		const key = (hi >>> 0) * 2 ** (32 - pageShift) + (lo >>> pageShift);
		let known = leaves.get(granule);
		if (known === undefined) {
			leaves.set(granule, (known = new Map()));
			watch(granule);
		}
		if (known.has(key)) return;
		known.set(key, { lo: lo & -(1 << pageShift), hi });
		notes++;
	};

	return {
		begin() {
			noted.length = 0;
			last = 0;
		},
		note(address, bytes) {
			last = noted.length;
			for (let granule = firstOf(address); granule <= lastOf(address, bytes); granule++) noted.push(granule);
		},
		keep(lo, hi, access, view) {
			for (let i = 0; i < noted.length; i++) {
				if (notes >= mostNotes) watch(noted[i]!);
				else if (i < last || access === Access.fetch) noteView(noted[i]!, view);
				else noteLeaf(noted[i]!, lo, hi);
			}
			noted.length = 0;
		},
		holds(address, bytes) {
			const bits = read.get((address - ram.base) >>> pageShift);
			if (!bits) return false;
			for (let granule = firstOf(address); granule <= lastOf(address, bytes); granule++) {
				if (bits[wordOf(granule)]! & (1 << (granule & 31))) return true;
			}
			return false;
		},
		changed(address, bytes) {
			const pages: WalkedPage[] = [];
			const touched = new Set<number>();
			const bits = read.get((address - ram.base) >>> pageShift);
			for (let granule = firstOf(address); bits !== undefined && granule <= lastOf(address, bytes); granule++) {
				const bit = 1 << (granule & 31);
				if ((bits[wordOf(granule)]! & bit) === 0) continue;
				if (notes >= mostNotes) return null;
				const [byPage, byView] = [leaves.get(granule), views.get(granule)];
				if (byPage) pages.push(...byPage.values());
				for (const view of byView ?? []) touched.add(view);
				notes -= (byPage?.size ?? 0) + (byView?.size ?? 0);
				leaves.delete(granule);
				views.delete(granule);
				bits[wordOf(granule)]! &= ~bit;
			}
			// a page of tables that became one of data is stored to without asking again
			if (bits?.every((word) => word === 0)) unwatch((address - ram.base) >>> pageShift);
			return { pages, views: [...touched] };
		},
		clear() {
			for (const page of [...read.keys()]) unwatch(page);
			leaves.clear();
			views.clear();
			notes = 0;
			noted.length = 0;
		},
	};
}
