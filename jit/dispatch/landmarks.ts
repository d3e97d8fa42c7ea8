/**
 * What code has shown of itself in, what regions should be made of out: where functions begin, where calls return to, where the arms of a switch are. What lies behind a jump
 * is known by its place in RAM (`placeIn`), and where the jump goes by the distance: at an address each process may have other code, and one piece of code may be at several addresses.
 */
import { pageOf } from "../base/port.ts";
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
/** What happens once in more retired instructions costs less than what else would be done. */
const seldom = 1 << 16;

export interface Landmarks {
	/** A block that is about to be run or translated, and the place behind it. */
	learn(block: Block, behind: number, plain: boolean): void;
	/** Is it worth telling where the indirect jump in front of this place went? */
	asks(behind: number): boolean;
	/** It went to the place `to`, so many bytes from behind it. (A number below 0 stands for a place in another page, which may be another one tomorrow.) */
	jumped(behind: number, to: number, distance: number): void;
	/** Where it went, as distances, ascending; nothing when it was seen to return. */
	arms(behind: number): readonly number[];
	/**
	 * The instruction at this address had to be interpreted when `now` instructions had been retired: true when that is once too often to try it in translated code as
	 * before.
	 */
	assisted(pc: number, plain: boolean, now: number): boolean;
	/** Addresses of instructions that were. */
	readonly apart: ReadonlySet<number>;
	/** The address nearest before `pc`, or `pc` itself, that was called; or null. Where addresses are translated, in the same page only. */
	functionOf(pc: number, plain: boolean): number | null;
}

export function createLandmarks(): Landmarks {
	/** By the place behind: the distance of each place it went to. */
	const jumps = new Map<number, { readonly places: Map<number, number>; times: number }>();
	const settled = new Set<number>();
	const returnedTo = new Set<number>();
	/** By page of addresses, where these are physical ones, and where they are translated. */
	const functions = { plain: new Map<number, Set<number>>(), translated: new Map<number, Set<number>>() };
	const functionsOf = (plain: boolean) => (plain ? functions.plain : functions.translated);
	/** by address */
	const assists = new Map<number, { times: number; last: number }>();
	const apart = new Set<number>();
	let things = 0;

	function remember(): void {
		if (++things < mostThings) return;
		for (const all of [jumps, settled, returnedTo, functions.plain, functions.translated, assists, apart]) all.clear();
		things = 0;
	}
	return {
		learn(block, behind, plain) {
			if (returnedTo.has(behind) || returnAddress(block) === null) return;
			remember();
			returnedTo.add(behind);
			if (block.end.kind !== "jump") return;
			const { to } = block.end;
			const pages = functionsOf(plain);
			let page = pages.get(pageOf(to));
			if (!page) {
				page = new Set();
				pages.set(pageOf(to), page);
			}
			page.add(to);
		},
		asks: (behind) => !settled.has(behind),
		jumped(behind, to, distance) {
			if (returnedTo.has(to)) {
				settled.add(behind);
				jumps.delete(behind);
				return;
			}
			let jump = jumps.get(behind);
			if (!jump) {
				remember();
				jump = { places: new Map(), times: 0 };
				jumps.set(behind, jump);
			}
			jump.places.set(to, distance);
			if (++jump.times >= mostTimes || jump.places.size >= mostPlaces) settled.add(behind);
		},
		// a return may have been seen before the calls that it goes back to were
		arms: (behind) =>
			[...(jumps.get(behind)?.places ?? [])]
				.filter(([to]) => !returnedTo.has(to))
				.map(([, distance]) => distance)
				.sort((a, b) => a - b),
		assisted(pc, plain, now) {
			if (apart.has(pc)) return false;
			let known = assists.get(pc);
			if (known === undefined) {
				remember();
				assists.set(pc, (known = { times: 0, last: now }));
			}
			known.times = now - known.last > seldom ? 1 : known.times + 1;
			known.last = now;
			if (known.times < (plain ? mostAssists : mostUnderTranslation)) return false;
			assists.delete(pc);
			apart.add(pc);
			return true;
		},
		apart,
		functionOf(pc, plain) {
			const here = pageOf(pc);
			for (let page = here; page >= here - (plain ? pagesBack : 0); page--) {
				let best: number | null = null;
				for (const start of functionsOf(plain).get(page) ?? []) if (start <= pc && (best === null || start > best)) best = start;
				if (best !== null) return best;
			}
			return null;
		},
	};
}
