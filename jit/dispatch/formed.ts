/** A region between forming and installing: what enters translation, and what comes back from an earlier run. */
import { type Entry, placeIn, type Span } from "../cache/entry.ts";
import type { Block, Region } from "../ir/block.ts";

/** The parts of RAM that a block was made from: one, or two pages' where an instruction goes on in the next page. */
export type Spans = readonly [Span, ...Span[]];

/** The place behind a block, reckoned from where it begins. */
export const placeBehind = ([{ page, from }]: Spans, { bytes }: Block): number => placeIn({ page, offset: from }) + bytes;

/** A region that is to be translated, and where it comes from. */
export interface Formed {
	readonly entry: Entry;
	readonly region: Region;
	/** by block */
	readonly spans: readonly Spans[];
}
