/** The jump table: the one place where translated code looks up where code at an address that it learns only as it runs has been translated to. */

/**
 * Direct-mapped, in the memory that all engines share, `Environment.jumps` bytes from its start. An entry is four 32-bit words: the halves of the
 * guest address, the mode it counts for (see `Header.mode`), and the place in the engine's table of units (see `Links`). Place 0 leads back to the dispatcher.
 */
export const Jumps = { entries: 1024, entryShift: 4, bytes: 1024 << 4, hi: 4, mode: 8, place: 12 } as const;

/** Distance of an address's entry from the start of the table, in bytes; of the address's low half alone. */
export function jumpAt(lo: number): number {
	return ((lo << (Jumps.entryShift - 1)) ^ (lo >>> (11 - Jumps.entryShift))) & ((Jumps.entries - 1) << Jumps.entryShift);
}
