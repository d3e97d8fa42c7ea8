/** The look-up table in front of translated memory accesses: engines read it, whoever runs them fills it; how addresses are translated is not known here. */

const entries = 1024;
const entryShift = 4;

/**
 * A table lies in the shared memory at the byte offset in the header's `table`, a multiple of 16. Two halves of `entries` entries each: for loads, then (at
 * `stores`) for stores and for loads that fail as stores. The entry of an address is number `address >> 12 & entries - 1` of its half. It is good for the
 * page whose address is its tag: an aligned access of 1, 2, 4 or 8 bytes there is done in RAM at the address plus `addend` (modulo 2^32), counted from RAM's
 * first byte, without asking anyone. Everything else goes to the port. A page that must see stores (`DirectRam.pageFlags`) has no entry in the second half.
 */
export const Lookup = {
	entries,
	entryShift,
	/** The page's address in halves; engines of ISAs with addresses of at most 32 bits read the low one only. */
	tagLo: 0,
	tagHi: 4,
	addend: 8,
	/** Offset of the second half; size of a table. */
	stores: entries << entryShift,
	bytes: (2 * entries) << entryShift,
} as const;

/** A low tag that no masked address equals, so that the entry is empty: engines keep bits 31:12 and the lowest three at most. */
const empty = 0x800;

/** Empties the table at byte offset `at`. */
export function clearLookup(words: Int32Array, at: number): void {
	const first = (at + Lookup.tagLo) >> 2;
	const step = 1 << (Lookup.entryShift - 2);
	for (let word = first; word < first + (Lookup.bytes >> 2); word += step) words[word] = empty;
}

/** The number of an address's entry in each half. */
export const entryNumber = (lo: number): number => (lo >>> 12) & (Lookup.entries - 1);

/** Empties the entries of the second half, from number `first` to before `end`, whose access would end in RAM page `page` (0 is the first). */
export function closeStores(words: Int32Array, at: number, page: number, first: number, end: number): void {
	const half = (at + Lookup.stores) >> 2;
	const step = Lookup.entryShift - 2;
	for (let entry = half + (first << step); entry < half + (end << step); entry += 1 << step) {
		if ((words[entry]! + words[entry + (Lookup.addend >> 2)]!) >>> 12 === page) words[entry] = empty;
	}
}

/** Enters the page of an address, `at` being the byte offset of the table's half, `page` its place in RAM. */
export function enterLookup(words: Int32Array, at: number, lo: number, hi: number, page: number): void {
	const entry = (at >> 2) + (entryNumber(lo) << (Lookup.entryShift - 2));
	const tag = lo & -4096;
	words[entry] = tag;
	words[entry + (Lookup.tagHi >> 2)] = hi;
	words[entry + (Lookup.addend >> 2)] = (page << 12) - tag;
}

/** Takes the page of an address out of both halves of the table at byte offset `at`. */
export function leaveLookup(words: Int32Array, at: number, lo: number, hi: number): void {
	for (const half of [0, Lookup.stores]) {
		const entry = ((at + half) >> 2) + (entryNumber(lo) << (Lookup.entryShift - 2));
		if (words[entry] === (lo & -4096) && words[entry + (Lookup.tagHi >> 2)] === hi) words[entry] = empty;
	}
}

/** What an engine would do: the offset in RAM of an address in a page that has an entry, or -1; `at` as for `enterLookup`. */
export function lookUp(words: Int32Array, at: number, lo: number, hi: number): number {
	const entry = (at >> 2) + (entryNumber(lo) << (Lookup.entryShift - 2));
	if (words[entry] !== (lo & -4096) || words[entry + (Lookup.tagHi >> 2)] !== hi) return -1;
	return (lo + words[entry + (Lookup.addend >> 2)]!) >>> 0;
}
