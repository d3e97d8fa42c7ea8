/** Entries whose lifted blocks are looked at in; blocks that nobody looked at for long are forgotten. */
import { type Entry, notYet } from "../cache/entry.ts";

export interface Lifted {
	/** The entry's block is looked at. */
	used(entry: Entry): void;
	/** It has just been lifted. */
	made(entry: Entry, ops: number): void;
}

/**
 * Keeps at most `mostOps` operations in all: those of entries that were used since the last turn, and in the turn before. Turns are long on purpose: most code of an
 * operating system runs a few times, over and over, and with a quarter of its operations Debian's boot lifted twice as many blocks and took a third longer.
 */
export function createLifted(mostOps: number): Lifted {
	let turn = 0;
	/** Of this turn, and one an entry. */
	let ops = 0;
	let recent: Entry[] = [];
	let before: Entry[] = [];

	function next(): void {
		for (const entry of before) {
			if (entry.turn === turn) continue;
			entry.cold = null;
		}
		before = recent;
		recent = [];
		ops = 0;
		turn++;
	}
	function used(entry: Entry): void {
		if (entry.turn === turn) return;
		entry.turn = turn;
		recent.push(entry);
		ops += 1 + entry.weight;
		if (ops > mostOps / 2) next();
	}
	return {
		used,
		made(entry, ops) {
			entry.weight = ops;
			entry.turn = notYet;
			used(entry);
		},
	};
}
