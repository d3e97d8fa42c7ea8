/** A region between forming and installing: what enters translation, and what comes back from an earlier run. */
import type { Entry, Span } from "../cache/entry.ts";
import type { Region } from "../ir/block.ts";

/** A region that is to be translated, and where it comes from. */
export interface Formed {
	readonly entry: Entry;
	readonly region: Region;
	readonly spans: readonly Span[];
}
