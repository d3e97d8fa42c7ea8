/** Bytes of a guest's console in, bytes that are safe on a terminal out: text and line control pass, everything that could command the terminal is shown instead. */
import type { ByteSink } from "../../base/host.ts";

const ESC = 0x1b;
/** BEL, BS, TAB, LF, CR */
const passes = new Set([7, 8, 9, 10, 13]);

/** Length of the UTF-8 sequence that a byte starts; 0: it starts none. */
function sequenceLength(byte: number): number {
	if (byte < 0x80) return 1;
	if (byte >= 0xc2 && byte < 0xe0) return 2;
	if (byte >= 0xe0 && byte < 0xf0) return 3;
	return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

/**
 * Control characters come out as people write them (`^[` for escape), C1 controls and broken UTF-8 as `?`, so no sequence that changes the terminal's
 * modes, title or clipboard, or makes it answer, gets through. Bytes of an unfinished character wait for the rest.
 */
export function createFilter(out: ByteSink): ByteSink {
	let held: number[] = [];
	let length = 0;
	const replace = (): void => {
		if (held.length > 0) out(0x3f);
		held = [];
	};
	const start = (byte: number): void => {
		if (byte < 0x20 || byte === 0x7f) {
			if (passes.has(byte)) out(byte);
			else {
				out(0x5e);
				out(byte === ESC ? 0x5b : byte ^ 0x40);
			}
			return;
		}
		length = sequenceLength(byte);
		if (length === 1) out(byte);
		else if (length === 0) out(0x3f);
		else held = [byte];
	};
	return (byte) => {
		if (held.length === 0) {
			start(byte);
			return;
		}
		if ((byte & 0xc0) !== 0x80) {
			replace();
			start(byte);
			return;
		}
		held.push(byte);
		if (held.length < length) return;
		// U+0080..U+009F are the C1 controls
		if (held[0] === 0xc2 && held[1]! < 0xa0) replace();
		else for (const b of held) out(b);
		held = [];
	};
}
