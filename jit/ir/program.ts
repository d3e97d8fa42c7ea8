/** A block, or a machine function, as the interpreter has it. */
import type { FloatKind } from "./floating.ts";

/** What the interpreter runs. It does not change, and may be entered again while it runs. */
export interface Program {
	/** Holds it from `start` on: the number of constants; slot, low and high half of each; the instructions. It may hold others too. */
	code: Int32Array;
	start: number;
	readonly words: number;
	/** How many slots it needs: two an op, and those before and behind. */
	readonly slots: number;
	/** for the instruction `float` */
	readonly floats: readonly FloatKind[];
}
