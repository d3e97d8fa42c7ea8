/** Jobs that a helper has in, what became of them out; and which code they are about. */
import type { CodeCache, Expected } from "../cache/cache.ts";
import { type Code, type Entry, placeIn } from "../cache/entry.ts";
import type { Job, Links, Made } from "../ir/block.ts";
import type { Helper } from "../ir/helper.ts";
import type { Formed } from "./formed.ts";

/** What is being translated together, and what for. */
export interface Order {
	/** The entry that was to move. */
	readonly asked: Entry;
	readonly formed: readonly Formed[];
	/** By region: where its unit may be called by, if it may. */
	readonly links: readonly (Links | null)[];
	/** The first region takes the place of this code. */
	readonly replaced: Code | null;
	/** The first region is that of a function that the entry belongs to. */
	readonly around: boolean;
}
export interface Back {
	readonly order: Order;
	readonly job: Job;
	/** null: the helper had no luck with it. */
	readonly made: Made | null;
	/** By region: is its code still what it was? */
	readonly valid: readonly boolean[];
}
export interface Underway {
	/** False: the helper does not take it. */
	submit(order: Order, job: Job): boolean;
	back(): Back | null;
	/** In how many regions a block there stands. */
	copies(place: number): number;
}

export function createUnderway(helper: Helper, cache: CodeCache): Underway {
	const jobs = new Map<number, { readonly order: Order; readonly job: Job; readonly expected: readonly Expected[] }>();
	/** by place */
	const standing = new Map<number, number>();
	let last = 0;

	function count({ formed }: Order, by: 1 | -1): void {
		for (const { spans } of formed) {
			for (const [{ page, from }] of spans) {
				const place = placeIn({ page, offset: from });
				const now = (standing.get(place) ?? 0) + by;
				if (now > 0) standing.set(place, now);
				else standing.delete(place);
			}
		}
	}
	return {
		submit(order, job) {
			if (!helper.submit(last + 1, job)) return false;
			jobs.set(++last, { order, job, expected: order.formed.map(({ spans }) => cache.expect(spans.flat())) });
			count(order, 1);
			return true;
		},
		back() {
			const done = jobs.size > 0 ? helper.done() : null;
			if (done === null) return null;
			const { order, job, expected } = jobs.get(done.number)!;
			jobs.delete(done.number);
			count(order, -1);
			for (const one of expected) cache.settle(one);
			return { order, job, made: done.made, valid: expected.map(({ valid }) => valid) };
		},
		copies: (place) => standing.get(place) ?? 0,
	};
}
