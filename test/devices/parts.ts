/** Nothing in, what devices are put to in tests out: a clock whose time a test moves, a cable that always has a frame. */
import type { Cable } from "../../src/base/network.ts";
import { createClock } from "../../src/time/clock.ts";

/** `pass` moves time by steps and fires what is due on the way. */
export function testClock(stepsPerTick = 1) {
	const clock = createClock({ stepsPerTick });
	return {
		clock,
		pass(steps: number) {
			const end = clock.steps() + steps;
			while (clock.timers.next() <= end) {
				clock.skipTo(clock.timers.next());
				clock.timers.fire(clock.steps());
			}
			clock.skipTo(end);
		},
	};
}

/** A cable with a network that takes everything and always has a frame for the card, of one length after the other. */
export function fullCable(): Cable {
	let count = 0;
	return {
		large: true,
		attach: () => {},
		send: () => {},
		receive: () => ({ bytes: new Uint8Array(60 + (count++ % 1455)).fill(0x5a), segment: 0, checksum: null }),
		poll: () => {},
		kept: () => [],
		close: () => {},
	};
}
