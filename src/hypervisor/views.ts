/** The registers that decide about translation in, a number for each way in which they are set out: equal numbers, equal translations. */
import type { StateLayout } from "../../jit/base/layout.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { watchedWords } from "./watched-cells.ts";

/** Settings known at a time; the one not asked for longest goes, and gets another number when it comes back. */
const most = 64;

export interface Views {
	/** From 1 on; never used again for another setting. */
	number(state: number): number;
	/** The setting of that number will have a new one: what translation read beside registers has changed. False: no setting has that number any more. */
	retire(view: number): boolean;
	/** The same settings will have new numbers: what translation reads beside registers has changed. */
	forget(): void;
}

export function createViews(isa: Isa, layout: StateLayout, words: Int32Array): Views {
	const watched = watchedWords(isa, layout, ["translate"]);
	let known: { readonly values: Int32Array; readonly view: number; used: number }[] = [];
	/** The one asked for last, and the word by which one differed last: a guest goes to and fro between a few. */
	let latest = 0;
	let telling = 0;
	let turn = 0;
	let next = 1;
	const same = (values: Int32Array, first: number): boolean => {
		if (values[telling] !== words[first + watched[telling]!]) return false;
		for (let i = 0; i < watched.length; i++) {
			if (values[i] !== words[first + watched[i]!]) {
				telling = i;
				return false;
			}
		}
		return true;
	};
	/** Where a setting that is not known is to be kept. */
	const room = (): number => {
		if (known.length < most) return known.length;
		let oldest = 0;
		for (let i = 1; i < most; i++) if (known[i]!.used < known[oldest]!.used) oldest = i;
		return oldest;
	};
	return {
		number(state) {
			const first = state >> 2;
			const last = known[latest];
			if (last !== undefined) {
				if (same(last.values, first)) return last.view;
				last.used = ++turn;
			}
			for (latest = 0; latest < known.length; latest++) if (same(known[latest]!.values, first)) return known[latest]!.view;
			latest = room();
			known[latest] = { values: watched.map((word) => words[first + word]!), view: next++, used: turn };
			return known[latest]!.view;
		},
		retire(view) {
			const before = known.length;
			known = known.filter((one) => one.view !== view);
			latest = 0;
			return known.length < before;
		},
		forget() {
			known = [];
		},
	};
}
