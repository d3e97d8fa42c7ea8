/** The registers that a machine function reads in, whether they changed since the last look out: so that the function need not run again. */
import type { StateLayout } from "../../jit/base/layout.ts";
import { liftFunction } from "../../jit/lift/function.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";

export interface WatchedCells {
	/** The values now, as text: equal texts, equal values. */
	key(state: number): string;
	/** True the first time, and when a value differs from that of the last call for the same processor. */
	changed(state: number): boolean;
}

/** `functions` that the ISA does not have read nothing. */
export function watchCells(isa: Isa, layout: StateLayout, words: Int32Array, functions: readonly MachineFunction[]): WatchedCells {
	const cells = new Set<number>();
	for (const name of functions) {
		if (!isa.machine[name]) continue;
		for (const op of liftFunction(isa, name).ops) if (op.op === "getreg" && op.lo !== 0) cells.add(op.lo);
	}
	const offsets = [...cells].sort((a, b) => a - b).map((cell) => layout.offsets[cell]!);
	const seen = new Map<number, Int32Array>();
	return {
		key: (state) => offsets.map((offset) => `${words[(state + offset) >> 2]},${words[(state + offset + 4) >> 2]}`).join(" "),
		changed(state) {
			let old = seen.get(state);
			let different = false;
			if (!old) {
				old = new Int32Array(2 * offsets.length);
				seen.set(state, old);
				different = true;
			}
			for (let i = 0; i < offsets.length; i++) {
				const at = (state + offsets[i]!) >> 2;
				if (old[2 * i] !== words[at] || old[2 * i + 1] !== words[at + 1]) different = true;
				old[2 * i] = words[at]!;
				old[2 * i + 1] = words[at + 1]!;
			}
			return different;
		},
	};
}
