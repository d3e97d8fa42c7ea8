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
}

/** One dispatch runs at most this many instructions, so that budgets fit generated code's signed 32 bits. */
const longest = 2 ** 30;

/**
 * A run of N instructions retires exactly N, whatever the engine, unless the guest ends or resets itself or waits for ever. Traps that follow each other without
 * a retired instruction count too, so that every guest comes back. Timers fire between instructions, at exactly their step.
 */
export function createRun(o: RunParts): { run: (instructions: number) => RunResult; spent: () => number } {
	const { clock, ending, hypervisor, dispatcher } = o;

	/** True when a processor can run; false when all wait and no timer will change that. */
	const wakeUp = (): boolean => {
		for (;;) {
			clock.timers.fire(clock.steps());
			for (const processor of o.processors) if (processor.dirty) hypervisor.refresh(processor);
			if (ending.now !== null || o.processors.some((processor) => !processor.waiting)) return true;
			const next = clock.timers.next();
			if (next === Number.POSITIVE_INFINITY) return false;
			clock.skipTo(next);
		}
	};

	let total = 0;
	const run = (instructions: number): RunResult => {
		let left = instructions;
		const spend = (count: number): void => {
			left -= count;
			total += count;
		};
		o.devices.poll();
		// One processor for now. With more, each gets its turn here for a fixed number of steps.
		const processor = o.processors[0]!;
		for (;;) {
			const awake = wakeUp();
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
			if (!awake) return { reason: "idle" };
			const untilTimer = clock.timers.next() - clock.steps();
			spend(hypervisor.handle(processor, dispatcher.run(processor.state, Math.min(left, untilTimer, longest))));
		}
	};
	return { run, spent: () => total };
}
