/** How translated code finds other code: where that is in, its place out; bound while it is translated by the same engine. */
import { type CodePlace, type Entry, placeIn } from "../cache/entry.ts";
import type { Links } from "../ir/block.ts";

export interface CallPlaces {
	/** The place of the code there; `entry` is its entry, if it has one. -1: there are no places left. */
	to(where: CodePlace, entry: Entry | undefined): number;
	/** An entry has just got code of this engine: its place leads there. */
	claim(entry: Entry): void;
	/** The keys of all places, in the order of their numbers, from 1 on. */
	keys(): string[];
}

/** One text for each place of code. */
const keyOf = ({ page, offset, pc, context, plain }: CodePlace): string => `${page} ${offset} ${pc} ${context} ${plain}`;
function placeOf(key: string): CodePlace {
	const [page, offset, pc, context, plain] = key.split(" ");
	return { page: Number(page), offset: Number(offset), pc: Number(pc), context: Number(context), plain: plain === "true" };
}

interface Known extends CodePlace {
	readonly place: number;
}

/** `keys`: places that have their numbers from an earlier run. Nobody else may reserve places. */
export function createCallPlaces(links: Links, keys: readonly string[] = []): CallPlaces {
	/** In the order of their numbers; and by where in RAM they are, which few share. */
	const all: Known[] = [];
	const there = new Map<number, Known[]>();

	function find(where: CodePlace): number {
		const beside = there.get(placeIn(where));
		if (beside) for (const one of beside) if (one.pc === where.pc && one.context === where.context && one.plain === where.plain) return one.place;
		const place = links.reserve();
		if (place < 0) return -1;
		const { page, offset, pc, context, plain } = where;
		const known: Known = { page, offset, pc, context, plain, place };
		all.push(known);
		if (beside) beside.push(known);
		else there.set(placeIn(where), [known]);
		return place;
	}
	for (const key of keys) find(placeOf(key));
	return {
		to(where, entry) {
			const place = find(where);
			if (place >= 0 && entry && entry.link < 0) {
				entry.link = place;
				if (entry.code?.links === links) links.bind(place, entry.code.unit, entry.label);
			}
			return place;
		},
		claim(entry) {
			if (entry.link < 0) entry.link = find(entry);
			if (entry.link >= 0 && entry.code) links.bind(entry.link, entry.code.unit, entry.label);
		},
		keys: () => all.map(keyOf),
	};
}
