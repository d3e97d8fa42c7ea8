/** How translated code finds other code: where that is in, its place out; bound while it is translated by the same engine. */
import type { CodePlace, Entry } from "../cache/entry.ts";
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
export const keyOf = ({ page, offset, pc, context, plain }: CodePlace): string => `${page} ${offset} ${pc} ${context} ${plain}`;

/** `keys`: places that have their numbers from an earlier run. Nobody else may reserve places. */
export function createCallPlaces(links: Links, keys: readonly string[] = []): CallPlaces {
	const places = new Map<string, number>();
	for (const key of keys) places.set(key, links.reserve());
	return {
		to(where, entry) {
			const name = keyOf(where);
			let place = places.get(name);
			if (place === undefined) {
				place = links.reserve();
				if (place < 0) return -1;
				places.set(name, place);
			}
			if (entry && entry.link < 0) {
				entry.link = place;
				if (entry.code?.links === links) links.bind(place, entry.code.unit, entry.label);
			}
			return place;
		},
		claim(entry) {
			if (entry.link < 0) {
				const name = keyOf(entry);
				entry.link = places.get(name) ?? links.reserve();
				if (entry.link < 0) return;
				places.set(name, entry.link);
			}
			if (entry.code) links.bind(entry.link, entry.code.unit, entry.label);
		},
		keys: () => [...places.keys()],
	};
}
