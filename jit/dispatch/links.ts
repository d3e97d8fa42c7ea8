/** Calls in translated code: where a call leads in, its place in the engine's table out; bound while the callee is translated by the same engine. */
import type { CodePlace, Entry } from "../cache/entry.ts";
import type { Links } from "../ir/block.ts";
import { never } from "../tier/choose.ts";

/** Calls of a block that was translated inside another region, after which it gets a region of its own that can be called. */
const wantedAfter = 50;

export interface CallPlaces {
	/** The place for calls of the code there; `entry` is its entry, if it has one. -1: there are no places left. */
	to(where: CodePlace, entry: Entry | undefined): number;
	/** An entry has just got code of this engine: it takes the place that calls of it go by, if somebody has asked for one or it is the first of its unit. */
	claim(entry: Entry): void;
}

export function createCallPlaces(links: Links): CallPlaces {
	const places = new Map<string, number>();
	const key = ({ page, offset, pc, context, plain }: CodePlace): string => `${page} ${offset} ${pc} ${context} ${plain}`;
	return {
		to(where, entry) {
			const name = key(where);
			let place = places.get(name);
			if (place === undefined) {
				place = links.reserve();
				if (place < 0) return -1;
				places.set(name, place);
			}
			if (entry && entry.link < 0) {
				entry.link = place;
				if (entry.code?.links === links) {
					if (entry.label === 0) links.bind(place, entry.code.unit);
					else entry.ask = Math.min(entry.ask, entry.runs + wantedAfter);
				}
			}
			return place;
		},
		claim(entry) {
			if (entry.link < 0) {
				const name = key(entry);
				entry.link = places.get(name) ?? (entry.label === 0 ? links.reserve() : -1);
				if (entry.link < 0) return;
				places.set(name, entry.link);
			}
			if (entry.label === 0 && entry.code) links.bind(entry.link, entry.code.unit);
			else entry.ask = entry.ask === never ? entry.runs + wantedAfter : entry.ask;
		},
	};
}
