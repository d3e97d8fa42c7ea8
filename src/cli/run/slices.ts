/** How long the last slice of a run took in, how many instructions the next one has out. */
import { sliceInstructions } from "../../machine/dialogue.ts";

/** A person who types is answered within some hundredths of a second. */
const shortMillis = 5;
const longMillis = 20;
/** The first slice, and the shortest: some ten milliseconds of slow code. */
const least = 2 ** 16;
const most = 2 ** 26;

/**
 * A slice ends at an exact instruction, wherever that is in translated code: what is left of its block is interpreted, and the next slice enters in the middle of
 * a loop, where code is translated anew. Slices of 65,536 instructions made a table-driven AES three times as slow as slices that last 5 to 20 ms, and gave it
 * 396 units in place of 94.
 */
export function createSlices(): { next(scripted: boolean): number; took(millis: number): void } {
	let instructions = least;
	return {
		// a fixed count while a script types, so that it types at the same instruction every time
		next: (scripted) => (scripted ? sliceInstructions : instructions),
		took(millis) {
			if (millis < shortMillis && instructions < most) instructions *= 2;
			if (millis > longMillis && instructions > least) instructions /= 2;
		},
	};
}
