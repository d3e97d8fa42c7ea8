/** The registers that a machine function reads in, whether they changed since the last look out: so that the function need not run again. */
import type { StateLayout } from "../../jit/base/layout.ts";
import { cellsRead } from "../../jit/lift/function.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";

/** Changes with every instruction. */
const pcCell = 0;

/** Places of what the functions read, in words from the state's start; pc is left out. Functions that the ISA does not have read nothing. */
export function watchedWords(isa: Isa, layout: StateLayout, functions: readonly MachineFunction[]): Int32Array {
	const found: number[] = [];
	for (const cell of [...cellsRead(isa, functions)].sort((a, b) => a - b)) {
		if (cell === pcCell) continue;
		const word = layout.offsets[cell]! >> 2;
		found.push(word);
		if (isa.cells[cell]!.width > 32) found.push(word + 1);
	}
	return Int32Array.from(found);
}

interface Watched {
	readonly index: number;
	readonly state: number;
}
export interface CellWatch {
	/** True the first time, and when a value that the functions read differs from that of the last call for the same processor. */
	now(processor: Watched): boolean;
	/** The same, without taking note. */
	differs(processor: Watched): boolean;
}

export function watchCells(isa: Isa, layout: StateLayout, words: Int32Array, functions: readonly MachineFunction[]): CellWatch {
	const watched = watchedWords(isa, layout, functions);
	const seen: Int32Array[] = [];
	const differs = ({ index, state }: Watched): boolean => {
		const first = state >> 2;
		const old = seen[index];
		if (old === undefined) return true;
		for (let i = 0; i < watched.length; i++) if (old[i] !== words[first + watched[i]!]) return true;
		return false;
	};
	return {
		differs,
		now(processor) {
			if (!differs(processor)) return false;
			const first = processor.state >> 2;
			seen[processor.index] ??= new Int32Array(watched.length);
			const old = seen[processor.index]!;
			for (let i = 0; i < watched.length; i++) old[i] = words[first + watched[i]!]!;
			return true;
		},
	};
}
