/** Instructions of a block as they are emitted in, out where the interpreter goes on when a check fails: an instruction since which nothing happened that must not happen again. */
import type { Block } from "../../ir/block.ts";
import { instructionAddress, type Op } from "../../ir/op.ts";

/** An instruction: its address, and how many instructions of its block are left with it. */
export interface Place {
	readonly pc: number;
	readonly back: number;
}

/** Has an instruction of the block to be carried out on its own? */
export function isApart({ ops }: Block, apart: ReadonlySet<number> | undefined): boolean {
	return apart !== undefined && ops.some((op) => op.op === "insn" && apart.has(instructionAddress(op)));
}

export class Restart {
	readonly #count: number;
	readonly #exact: boolean;
	readonly #commit: () => void;
	readonly #ask: () => void;
	#here: Place;
	#at: Place;
	/** Something has happened since that must not happen again. */
	#behind = false;
	#begun = false;

	/** `exact`: it is always the instruction under way. `commit` sets registers as they are before it; `ask` asks what may still lead back to the place. */
	constructor({ pc, count }: Block, exact: boolean, commit: () => void, ask: () => void) {
		this.#count = count;
		this.#exact = exact;
		this.#commit = commit;
		this.#ask = ask;
		this.#here = { pc, back: count };
		this.#at = this.#here;
	}

	/** The instruction under way. */
	get here(): Place {
		return this.#here;
	}
	/** Has it begun to do something? */
	get begun(): boolean {
		return this.#begun;
	}
	/** At an `insn` op. */
	next(insn: Op): void {
		this.#here = { pc: instructionAddress(insn), back: this.#count - insn.c };
		this.#begun = false;
	}
	/** Registers are as they are before the instruction under way: those of instructions behind it have been set. */
	settle(): void {
		this.#ask();
		this.#commit();
		this.#behind = true;
	}
	/** The instruction under way has an effect now. */
	begin(): void {
		this.settle();
		this.#begun = true;
	}
	/** Where to begin again, with registers as they are there. */
	place(): Place {
		if (this.#exact || this.#behind) {
			this.#commit();
			this.#at = this.#here;
			this.#behind = false;
		}
		return this.#at;
	}
}
