/** Entries whose lifted blocks are looked at in; blocks that nobody looked at for long are forgotten. */
import { type Entry, notYet } from "../cache/entry.ts";
import { createRoom, type Room } from "../interpret/room.ts";
import type { Program } from "../ir/program.ts";

export interface Lifted {
	/** The entry's block is looked at. */
	used(entry: Entry): void;
	/** It has just been lifted. */
	made(entry: Entry, ops: number): void;
	/** Where what the interpreter makes of them lies. */
	readonly room: Room;
}

/**
 * Keeps at most `mostOps` operations in all: those of entries that were used since the last turn, and in the turn before. Turns are long on purpose: most code of an
 * operating system runs a few times, over and over, and with a quarter of its operations Debian's boot lifted twice as many blocks and took a third longer.
 */
export function createLifted(mostOps: number): Lifted {
	const room = createRoom();
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
	/** What is still in use must not keep the arrays of what is not. */
	function move(program: Program): void {
		const { code, start } = room.put(program.code.subarray(program.start, program.start + program.words));
		program.code = code;
		program.start = start;
	}
	function used(entry: Entry): void {
		if (entry.turn === turn) return;
		if (entry.turn !== notYet) move(entry.cold!.program);
		entry.turn = turn;
		recent.push(entry);
		ops += 1 + entry.weight;
		if (ops > mostOps / 2) next();
	}
	return {
		room,
		used,
		made(entry, ops) {
			entry.weight = ops;
			entry.turn = notYet;
			used(entry);
		},
	};
}
