/** Bytes of a guest's console in, what was printed up to an awaited text out. */
import { decodeBytes, encodeText } from "./bytes.ts";

/** A text to wait for: as it stands, or a regular expression over the bytes as Latin-1. */
export type Awaited = string | RegExp;

export interface Transcript {
	put(byte: number): void;
	/** What was printed since the last match, up to the end of this one, as Latin-1; null: not yet. A match is forgotten, so that the next one comes after it. */
	take(text: Awaited): string | null;
	/** The last line that is not empty, at most 120 characters of it: for messages. */
	last(): string;
}

/** A guest that prints for ever must not fill the host: only so many unmatched bytes are kept. */
export const transcriptBytes = 2 ** 16;

export function createTranscript(): Transcript {
	/** Twice the limit, so that the older half is dropped at once and not a byte at a time. */
	const buffer = new Uint8Array(2 * transcriptBytes);
	let used = 0;
	/** `used` when a text was looked for in vain, and that text: looking again needs new bytes. */
	let searched = -1;
	let sought: Awaited | null = null;
	const find = (text: Awaited): number => {
		const printed = decodeBytes(buffer.subarray(0, used));
		if (typeof text === "string") {
			const at = printed.indexOf(decodeBytes(encodeText(text)));
			return at < 0 ? -1 : at + encodeText(text).length;
		}
		const found = new RegExp(text.source, text.flags.replace(/[gy]/g, "")).exec(printed);
		return found ? found.index + found[0].length : -1;
	};
	return {
		put(byte) {
			if (used === buffer.length) {
				buffer.copyWithin(0, transcriptBytes);
				used = transcriptBytes;
				searched = -1;
			}
			buffer[used++] = byte;
		},
		take(text) {
			if (searched === used && sought === text) return null;
			const end = find(text);
			searched = used;
			sought = text;
			if (end < 0) return null;
			const taken = decodeBytes(buffer.subarray(0, end));
			buffer.copyWithin(0, end, used);
			used -= end;
			searched = -1;
			return taken;
		},
		last() {
			const lines = decodeBytes(buffer.subarray(Math.max(0, used - 4096), used)).split(/[\r\n]+/);
			return (lines.filter((line) => line.trim() !== "").at(-1) ?? "").slice(-120);
		},
	};
}
