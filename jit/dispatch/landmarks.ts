/** What code has shown of itself in, what regions should be made of out: where functions begin, where calls return to, where the arms of a switch are. */
import type { Block } from "../ir/block.ts";
import { returnAddress } from "../ir/calls.ts";

/** Places and times after which a jump is not looked at any more. */
const mostPlaces = 256;
const mostTimes = 4096;
/** Things that are remembered; when there are more, all are forgotten. They are worth speed only. */
const mostThings = 1 << 16;
/** A function is looked for in so many pages of 4 KiB before an address. */
const pagesBack = 4;
/**
 * Times that an instruction is interpreted because translated code could not carry it out, before it is translated with fewer expectations. Under translation that happens now and
 * then to any code, where what it accesses reaches into the next page.
 */
const mostAssists = 16;
const mostUnderTranslation = 64;
const pageOf = (pc: number): number => Math.floor(pc / 4096);

export interface Landmarks {
	/** A block that is about to be run or translated. */
	learn(block: Block): void;
	/** An indirect jump in front of the address with this low half went to `pc`. */
	jumped(behind: number, pc: number): void;
	/** Where the indirect jump in front of this address went; nothing when it was seen to return. */
	arms(behind: number): readonly number[];
	/** The instruction at this address had to be interpreted: true when that is once too often to try it in translated code as before. */
	assisted(pc: number, plain: boolean): boolean;
	/** Addresses of instructions that were. */
	readonly apart: ReadonlySet<number>;
	/** The address nearest before `pc`, or `pc` itself, that was called; or null. `inPage`: in the same page only. */
	functionOf(pc: number, inPage: boolean): number | null;
}

export function createLandmarks(): Landmarks {
	const jumps = new Map<number, { readonly places: Set<number>; times: number }>();
	const settled = new Set<number>();
	const returnedTo = new Set<number>();
	/** by page */
	const functions = new Map<number, Set<number>>();
	/** by address */
	const assists = new Map<number, number>();
	const apart = new Set<number>();
	let things = 0;

	function remember(): void {
		if (++things < mostThings) return;
		for (const all of [jumps, settled, returnedTo, functions, assists, apart]) all.clear();
		things = 0;
	}
	return {
		learn(block) {
			const back = returnAddress(block);
			if (back === null || returnedTo.has(back)) return;
			remember();
			returnedTo.add(back);
			if (block.end.kind !== "jump") return;
			const { to } = block.end;
			let page = functions.get(pageOf(to));
			if (!page) {
				page = new Set();
				functions.set(pageOf(to), page);
			}
			page.add(to);
		},
		jumped(behind, pc) {
			if (settled.has(behind)) return;
			if (returnedTo.has(pc)) {
				settled.add(behind);
				jumps.delete(behind);
				return;
			}
			let jump = jumps.get(behind);
			if (!jump) {
				remember();
				jump = { places: new Set(), times: 0 };
				jumps.set(behind, jump);
			}
			jump.places.add(pc);
			if (++jump.times >= mostTimes || jump.places.size >= mostPlaces) settled.add(behind);
		},
		// a return may have been seen before the calls that it goes back to were
		arms: (behind) => [...(jumps.get(behind | 0)?.places ?? [])].filter((pc) => !returnedTo.has(pc)).sort((a, b) => a - b),
		assisted(pc, plain) {
			if (apart.has(pc)) return false;
			const times = (assists.get(pc) ?? 0) + 1;
			if (times === 1) remember();
			const most = plain ? mostAssists : mostUnderTranslation;
			if (times < most) assists.set(pc, times);
			else {
				assists.delete(pc);
				apart.add(pc);
			}
			return times >= most;
		},
		apart,
		functionOf(pc, inPage) {
			const here = pageOf(pc);
			for (let page = here; page >= here - (inPage ? 0 : pagesBack); page--) {
				let best: number | null = null;
				for (const start of functions.get(page) ?? []) if (start <= pc && (best === null || start > best)) best = start;
				if (best !== null) return best;
			}
			return null;
		},
	};
}
