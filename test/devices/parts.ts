/** Nothing in, a clock whose time a test moves out. */
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
