/** What translation read of RAM in, word that it has changed out: so that whatever is remembered of a translation is never old, whether or not the guest says so. */
import { pageShift } from "../../jit/base/port.ts";
import { type GuestMemory, PageFlag } from "./guest-memory.ts";

/** Bytes that share a bit. */
const granuleShift = 2;
const granules = 1 << (pageShift - granuleShift);

export interface Walks {
	/** A translation begins; what it reads is noted until `keep`. */
	begin(): void;
	/** It reads these bytes of RAM, all in one page. */
	note(address: number, bytes: number): void;
	/** It succeeded and will be remembered: what it read is watched from now on, by the flag of its page. */
	keep(): void;
	/** Did a translation that is remembered read one of these bytes, all in one page? */
	holds(address: number, bytes: number): boolean;
	/** Nothing is remembered any more. */
	clear(): void;
}

/** `flagged` is called when the flag of a RAM page (0 is the first) is set. */
export function createWalks(memory: GuestMemory, flagged: (page: number) => void): Walks {
	const { bytes: raw, ram } = memory;
	/** By page, a bit a granule. */
	const read = new Map<number, Uint32Array>();
	/** Granules of the translation under way, counted from RAM's first byte. */
	const noted: number[] = [];

	const watch = (page: number): Uint32Array => {
		const bits = new Uint32Array(granules >>> 5);
		read.set(page, bits);
		raw[ram.pageFlags + page]! |= PageFlag.walked;
		flagged(page);
		return bits;
	};
	return {
		begin() {
			noted.length = 0;
		},
		note(address, bytes) {
			const at = address - ram.base;
			for (let granule = at >>> granuleShift; granule <= (at + bytes - 1) >>> granuleShift; granule++) noted.push(granule);
		},
		keep() {
			for (const granule of noted) {
				const page = Math.floor(granule / granules);
				const bits = read.get(page) ?? watch(page);
				bits[(granule % granules) >>> 5]! |= 1 << (granule & 31);
			}
			noted.length = 0;
		},
		holds(address, bytes) {
			const at = address - ram.base;
			const bits = read.get(at >>> pageShift);
			if (!bits) return false;
			for (let granule = at >>> granuleShift; granule <= (at + bytes - 1) >>> granuleShift; granule++) {
				if (bits[(granule % granules) >>> 5]! & (1 << (granule & 31))) return true;
			}
			return false;
		},
		clear() {
			for (const page of read.keys()) raw[ram.pageFlags + page]! &= ~PageFlag.walked;
			read.clear();
			noted.length = 0;
		},
	};
}
