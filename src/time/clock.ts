/** The virtual clock: retired instructions and skipped waits in, ticks of the board's time base out. */
import { createTimerQueue, type TimerQueue } from "./timer-queue.ts";

/**
 * Time moves only when instructions retire, or when a waiting processor skips to the next timer. Its unit, a *step*, is one retired instruction.
 * `stepsPerTick` steps make one tick of the board's time base.
 */
export interface Clock {
	readonly stepsPerTick: number;
	readonly timers: TimerQueue;
	/** Steps since power on. */
	steps(): number;
	/** Ticks since power on, rounded down. */
	ticks(): number;
	/** The step at which the clock will show `ticks`. */
	stepOf(ticks: number): number;
	/** `count` steps have passed, and those that `ahead` told of are among them. Fires nothing: see `timers.fire`. */
	advance(count: number): void;
	/** Time passes without instructions until step `at`; nothing if that is over. */
	skipTo(at: number): void;
}

/**
 * Thirty steps a tick: with a 10 MHz time base a guest sees a processor of 300 million instructions a second. The translators reach more, but not where a guest waits
 * busily by reading the clock: U-Boot to its prompt, of which it counts two seconds down, took 3.6 s at 10 steps, 5.9 s at 30, 14.2 s at 100. Every tick of a guest's
 * system costs it some 60 privileged instructions, and a second of computing brings as many as the guest thinks that it took.
 */
export const defaultStepsPerTick = 30;

export interface ClockOptions {
	readonly stepsPerTick?: number | undefined;
	/** Steps that have passed but were not yet told by `advance`, because a processor is in the middle of a run. */
	readonly ahead?: () => number;
	/** A timer was set: the earliest deadline may have changed. */
	readonly timerSet?: () => void;
}

export function createClock(o: ClockOptions = {}): Clock {
	const { stepsPerTick = defaultStepsPerTick, ahead = () => 0 } = o;
	let now = 0;
	return {
		stepsPerTick,
		timers: createTimerQueue(o.timerSet),
		steps: () => now + ahead(),
		ticks: () => Math.floor((now + ahead()) / stepsPerTick),
		stepOf: (ticks) => ticks * stepsPerTick,
		advance(count) {
			now += count;
		},
		skipTo(at) {
			if (at > now) now = at;
		},
	};
}
