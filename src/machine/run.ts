/** The loop: dispatch, handle, until the run is over. */
import type { Dispatcher } from "../../jit/dispatch/parts.ts";
import type { Hypervisor } from "../hypervisor/hypervisor.ts";
import type { Processor } from "../hypervisor/processor.ts";
import type { Clock } from "../time/clock.ts";
import type { Devices } from "./devices.ts";
import type { RunResult } from "./options.ts";

export interface RunParts {
	readonly processors: readonly Processor[];
	readonly clock: Clock;
	readonly dispatcher: Dispatcher;
	readonly hypervisor: Hypervisor;
	readonly devices: Devices;
	readonly ending: { now: "exit" | "reset" | null; code: number };
	readonly retired: () => number;
	readonly reset: () => void;
	readonly stopAtReset: boolean;
	/** What a reset takes from a run's budget: clearing RAM costs the host time, and a guest that only resets must come back too. */
	readonly resetCost: number;
	/** See `HostParts`. */
	readonly pace: ((now: number) => number) | undefined;
}

/**
 * How many instructions a processor runs before the next one's turn. Measured with four processors in a loop of 300 million instructions on Wasm: 1,000 cost 18 % of its time, 2,000
 * 10 %, 5,000 under 1 %. A longer turn makes interrupts between processors late and lets one that spins for another spin longer.
 */
export const turnInstructions = 5000;

/** One dispatch runs at most this many instructions, so that budgets fit generated code's signed 32 bits. */
const longest = 2 ** 30;

export interface Run {
	readonly run: (instructions: number) => RunResult;
	readonly spent: () => number;
	/** Whose turn it is, and for how long: part of the machine's state. */
	readonly turn: () => readonly [processor: number, left: number];
	/** The first processor's turn begins. */
	readonly restart: () => void;
}

/**
 * A run of N instructions retires exactly N, whatever the engine, unless the guest ends or resets itself or waits for ever. Traps that follow each other without
 * a retired instruction count too, so that every guest comes back. Timers fire between instructions, at exactly their step.
 */
export function createRun(o: RunParts): Run {
	const { clock, ending, hypervisor, dispatcher, processors } = o;
	/** Whose turn it is, and how much of it is left. */
	let current = 0;
	let turn = turnInstructions;

	/** True when a processor can run; false when all wait and no timer up to `until` will change that. */
	const wakeUp = (until: number): boolean => {
		for (;;) {
			clock.timers.fire(clock.steps());
			let some = false;
			for (let i = 0; i < processors.length; i++) {
				const processor = processors[i]!;
				if (processor.dirty) hypervisor.refresh(processor);
				if (!processor.waiting) some = true;
			}
			if (some || ending.now !== null) return true;
			const next = clock.timers.next();
			if (next === Number.POSITIVE_INFINITY || next > until) return false;
			clock.skipTo(next);
		}
	};

	/** The one whose turn it is; when it waits or its turn is over, that of the next one that does not wait. There is one. */
	const inTurn = (): Processor => {
		const last = processors[current]!;
		if (turn > 0 && !last.waiting) return last;
		do current = (current + 1) % processors.length;
		while (processors[current]!.waiting);
		turn = turnInstructions;
		const next = processors[current]!;
		if (next !== last) hypervisor.suspend(last);
		return next;
	};

	let total = 0;
	const run = (instructions: number): RunResult => {
		let left = instructions;
		const spend = (count: number): void => {
			left -= count;
			total += count;
		};
		o.devices.poll();
		const until = o.pace?.(clock.steps()) ?? Number.POSITIVE_INFINITY;
		for (;;) {
			const awake = wakeUp(until);
			if (ending.now !== null) {
				const what = ending.now;
				ending.now = null;
				if (what === "exit") return { reason: "exit", code: ending.code };
				if (o.stopAtReset) return { reason: "reset" };
				o.reset();
				spend(o.resetCost);
				continue;
			}
			if (left <= 0) return { reason: "limit" };
			if (!awake && !o.pace) return { reason: "idle" };
			if (!awake) {
				clock.skipTo(until);
				return { reason: "waits", wait: { at: clock.steps(), next: clock.timers.next() } };
			}
			const untilTimer = clock.timers.next() - clock.steps();
			const processor = inTurn();
			const most = processors.length > 1 ? turn : longest;
			const used = hypervisor.handle(processor, dispatcher.run(processor.state, Math.min(left, untilTimer, most)));
			spend(used);
			turn -= processor.yields ? turn : used;
			processor.yields = false;
		}
	};
	return {
		run,
		spent: () => total,
		// one that is alone has no turn
		turn: () => [current, processors.length > 1 ? turn : 0],
		restart() {
			current = 0;
			turn = turnInstructions;
		},
	};
}
