/** The registers that decide about translation in, a number for each way in which they are set out: equal numbers, equal translations. */
import type { StateLayout } from "../../jit/base/layout.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { watchedWords } from "./watched-cells.ts";

/** Settings known at a time; the one not asked for longest goes, and gets another number when it comes back. */
const most = 64;

export interface Views {
	/** From 1 on; never used again for another setting. */
	number(state: number): number;
	/** The same settings will have new numbers: what translation reads beside registers has changed. */
	forget(): void;
}

export function createViews(isa: Isa, layout: StateLayout, words: Int32Array): Views {
	const watched = watchedWords(isa, layout, ["translate"]);
	/** Last asked for first: a guest goes to and fro between a few. */
	let known: { readonly values: Int32Array; readonly view: number }[] = [];
	let next = 1;
	const same = (values: Int32Array, first: number): boolean => {
		for (let i = 0; i < watched.length; i++) if (values[i] !== words[first + watched[i]!]) return false;
		return true;
	};
	return {
		number(state) {
			const first = state >> 2;
			let at = 0;
			while (at < known.length && !same(known[at]!.values, first)) at++;
			if (at === 0 && known.length > 0) return known[0]!.view;
			const found = known[at] ?? { values: watched.map((word) => words[first + word]!), view: next++ };
			known.splice(Math.min(at, most - 1), 1);
			known.unshift(found);
			return found.view;
		},
		forget() {
			known = [];
		},
	};
}
