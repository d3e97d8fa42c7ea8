/** The definition's `translate` in, the same answers out, remembered a page at a time where that is sound. */
import { pageShift } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { type Translate, toAddress } from "./port.ts";
import type { WalkedPage, Walks } from "./walks.ts";

const pageBytes = 1 << pageShift;
/** Pages that are remembered for each kind of access, and translations whose page of the same number is remembered beside each other. */
const slots = 8192;
const ways = 4;

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
	/** [4 accesses][slot]: virtual page in halves, view (-1: none), and the physical page in halves; `known` 2: it has to be asked for in parts */
	const pageLo = new Int32Array(4 * slots);
	const pageHi = new Int32Array(4 * slots);
	const views = new Float64Array(4 * slots).fill(-1);
	const known = new Uint8Array(4 * slots);
	const physicalLo = new Int32Array(4 * slots);
	const physicalHi = new Int32Array(4 * slots);
	const answer = { status: Status.next as number, lo: 0, hi: 0, whole: true };
	const watched: Translate = (state, lo, hi, access, bytes) => {
		counts.asked++;
		walks.begin();
		const found = ask(state, lo, hi, access, bytes);
		if (found.status === Status.next) walks.keep(lo, hi, access, view(state));
		return found;
	};
	/** The first of the ways of a page. */
	const slotOf = (lo: number, access: number): number => access * slots + (((lo >>> pageShift) * ways) & (slots - 1));
	const translate: Translate = (state, lo, hi, access, bytes) => {
		const now = view(state);
		const slot = slotOf(lo, access) + (now & (ways - 1));
		const page = lo & -pageBytes;
		if (pageLo[slot] !== page || pageHi[slot] !== hi || views[slot] !== now) {
			const whole = watched(state, page, hi, access, pageBytes);
			const remembered = whole.status === Status.next && (whole.lo & (pageBytes - 1)) === 0 && toAddress(whole.lo, whole.hi) < 2 ** 53;
			const part = remembered ? null : watched(state, lo, hi, access, bytes);
			// a page that is refused altogether may be mapped before it is asked for again
			if (part && part.status !== Status.next) return part;
			pageLo[slot] = page;
			pageHi[slot] = hi;
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
			for (let access = 0; access < 4; access++) {
				const first = slotOf(lo, access);
				for (let slot = first; slot < first + ways; slot++) if (pageLo[slot] === lo && pageHi[slot] === hi) views[slot] = -1;
			}
		},
	};
}
