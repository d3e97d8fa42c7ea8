/** The jump table: the one place where translated code looks up where code at an address has been translated to, when that was not known as it was translated. */

const entries = 4096;
const entryShift = 4;
const places = 1 << 16;

/**
 * In the memory that all engines share, `Environment.jumps` bytes from its start. First the table, direct-mapped: an entry is four 32-bit words, the halves
 * of the guest address, the mode it counts for (see `Header.mode`), and a place. Behind it, from `links` on, a word for each place (see `Links`): what the
 * engine enters there, or 0, which leads back to the dispatcher, as place 0 always does.
 */
export const Jumps = {
	entries,
	entryShift,
	hi: 4,
	mode: 8,
	place: 12,
	/** Bits of the address that are folded onto the lower ones are this many above them. */
	fold: 13,
	links: entries << entryShift,
	places,
	bytes: (entries << entryShift) + places * 4,
} as const;

/** Distance of an address's entry from the start of the table, in bytes; of the address's low half alone. */
export function jumpAt(lo: number): number {
	return ((lo << (Jumps.entryShift - 1)) ^ (lo >>> (Jumps.fold - Jumps.entryShift))) & ((Jumps.entries - 1) << Jumps.entryShift);
}
