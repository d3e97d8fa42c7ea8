/** What translation read of RAM in, what is no longer true once it changes out: so that whatever is remembered of a translation is never old, whether or not the guest says so. */
import { Access, pageShift } from "../../jit/base/port.ts";
import { type GuestMemory, PageFlag } from "./guest-memory.ts";

/** Bytes that share a bit. */
const granuleShift = 2;
const granules = 1 << (pageShift - granuleShift);
/** Pages noted at their last word; past it everything is forgotten, so that a guest cannot fill the host's memory with them. */
const mostLeaves = 2 ** 16;

/** Of a remembered translation: a virtual page, its address in halves. */
export interface WalkedPage {
	readonly lo: number;
	readonly hi: number;
}

export interface Walks {
	/** A translation begins; what it reads is noted until `keep`. */
	begin(): void;
	/** It reads these bytes of RAM, all in one page. */
	note(address: number, bytes: number): void;
	/** It succeeded and will be remembered for the page of an address: what it read is watched from now on, by the flags of its pages. */
	keep(lo: number, hi: number, access: number): void;
	/** Did a translation that is remembered read one of these bytes, all in one page? */
	holds(address: number, bytes: number): boolean;
	/**
	 * These bytes, all in one page, have changed. The pages to forget, which are no longer noted; or null: all there are. The last thing that a translation
	 * reads is what says where its own page is, so only pages read there are touched; a change of anything read before, or of where code is, touches all.
	 */
	changed(address: number, bytes: number): readonly WalkedPage[] | null;
	/** Nothing is remembered any more. */
	clear(): void;
}

/** `flagged` is called when the flag of a RAM page (0 is the first) is set. */
export function createWalks(memory: GuestMemory, flagged: (page: number) => void): Walks {
	const { bytes: raw, ram } = memory;
	/** By page: a bit a granule that was read at all, then a bit a granule that was read on the way to others, or for code. */
	const read = new Map<number, Uint32Array>();
	const half = granules >>> 5;
	/** By granule, counted from RAM's first byte: pages whose translation read it last. */
	const leaves = new Map<number, Map<number, WalkedPage>>();
	let leafPages = 0;
	/** Granules of the translation under way; from `last` on those of the last thing read. */
	const noted: number[] = [];
	let last = 0;

	const watch = (page: number): Uint32Array => {
		const bits = new Uint32Array(2 * half);
		read.set(page, bits);
		raw[ram.pageFlags + page]! |= PageFlag.walked;
		flagged(page);
		return bits;
	};
	/** The word of a granule's bit in the first half. */
	const wordOf = (granule: number): number => (granule % granules) >>> 5;
	const firstOf = (address: number): number => (address - ram.base) >>> granuleShift;
	const lastOf = (address: number, bytes: number): number => (address + bytes - 1 - ram.base) >>> granuleShift;

	return {
		begin() {
			noted.length = 0;
			last = 0;
		},
		note(address, bytes) {
			last = noted.length;
			for (let granule = firstOf(address); granule <= lastOf(address, bytes); granule++) noted.push(granule);
		},
		keep(lo, hi, access) {
			const key = (hi >>> 0) * 2 ** (32 - pageShift) + (lo >>> pageShift);
			noted.forEach((granule, i) => {
				const page = Math.floor(granule / granules);
				const bits = read.get(page) ?? watch(page);
				bits[wordOf(granule)]! |= 1 << (granule & 31);
				if (i < last || access === Access.fetch || leafPages >= mostLeaves) {
					bits[half + wordOf(granule)]! |= 1 << (granule & 31);
					return;
				}
				let pages = leaves.get(granule);
				if (!pages) leaves.set(granule, (pages = new Map()));
				if (!pages.has(key)) {
					pages.set(key, { lo: lo & -(1 << pageShift), hi });
					leafPages++;
				}
			});
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
			const touched: WalkedPage[] = [];
			const bits = read.get((address - ram.base) >>> pageShift);
			if (!bits) return touched;
			for (let granule = firstOf(address); granule <= lastOf(address, bytes); granule++) {
				if (bits[half + wordOf(granule)]! & (1 << (granule & 31))) return null;
				const pages = leaves.get(granule);
				if (!pages) continue;
				touched.push(...pages.values());
				leafPages -= pages.size;
				leaves.delete(granule);
				bits[wordOf(granule)]! &= ~(1 << (granule & 31));
			}
			return touched;
		},
		clear() {
			for (const page of read.keys()) raw[ram.pageFlags + page]! &= ~PageFlag.walked;
			read.clear();
			leaves.clear();
			leafPages = 0;
			noted.length = 0;
		},
	};
}
