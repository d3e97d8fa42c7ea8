/** The definition's `translate` in, the same answers out, remembered a page at a time where that is sound. */
import { pageShift } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { type Translate, toAddress } from "./port.ts";
import type { WalkedPage, Walks } from "./walks.ts";

const pageBytes = 1 << pageShift;
const slots = 1024;

export interface Translation {
	readonly translate: Translate;
	/** What is remembered of a page is old, under every translation. */
	forget(page: WalkedPage): void;
}

/**
 * `ask` is the definition. A page is remembered when an access of the whole page succeeds: then, by the language's contract, an access of any part of it
 * would succeed too, at the same distance; protection finer than a page therefore is asked for every time. What is remembered counts for one `view`
 * only: a number that stays the same while every register that `translate` reads stays the same and so does what it read of RAM, which `walks` watches. `counts.asked`: how often
 * the definition was asked.
 */
export function createTranslation(ask: Translate, view: (state: number) => number, walks: Walks, counts: { asked: number }): Translation {
	/** [4 accesses][slot]: virtual page (as a number), view, and the physical page in halves; `known` 2: it has to be asked for in parts */
	const pages = new Float64Array(4 * slots).fill(-1);
	const views = new Float64Array(4 * slots).fill(-1);
	const known = new Uint8Array(4 * slots);
	const physicalLo = new Int32Array(4 * slots);
	const physicalHi = new Int32Array(4 * slots);
	const answer = { status: Status.next as number, lo: 0, hi: 0, whole: true };
	const watched: Translate = (state, lo, hi, access, bytes) => {
		counts.asked++;
		walks.begin();
		const found = ask(state, lo, hi, access, bytes);
		if (found.status === Status.next) walks.keep(lo, hi, access);
		return found;
	};
	const pageOf = (lo: number, hi: number): number => (lo >>> pageShift) + (hi >>> 0) * 2 ** (32 - pageShift);
	const translate: Translate = (state, lo, hi, access, bytes) => {
		const page = pageOf(lo, hi);
		const slot = access * slots + (page % slots);
		const now = view(state);
		if (pages[slot] !== page || views[slot] !== now) {
			const whole = watched(state, lo & -pageBytes, hi, access, pageBytes);
			const remembered = whole.status === Status.next && (whole.lo & (pageBytes - 1)) === 0 && toAddress(whole.lo, whole.hi) < 2 ** 53;
			const part = remembered ? null : watched(state, lo, hi, access, bytes);
			// a page that is refused altogether may be mapped before it is asked for again
			if (part && part.status !== Status.next) return part;
			pages[slot] = page;
			views[slot] = now;
			known[slot] = remembered ? 1 : 2;
			if (part) return part;
			physicalLo[slot] = whole.lo;
			physicalHi[slot] = whole.hi;
		}
		if (known[slot] === 2) return watched(state, lo, hi, access, bytes);
		answer.lo = physicalLo[slot]! | (lo & (pageBytes - 1));
		answer.hi = physicalHi[slot]!;
		return answer;
	};
	return {
		translate,
		forget({ lo, hi }) {
			const page = pageOf(lo, hi);
			for (let slot = page % slots; slot < 4 * slots; slot += slots) if (pages[slot] === page) pages[slot] = -1;
		},
	};
}
