/** A machine that is run piece by piece in, stacks and how many instructions each stands for out: the same on every engine, because pieces end at exact instructions. */
import { createRandom } from "../../base/random.ts";
import type { Machine } from "../../machine/machine.ts";
import type { RunResult } from "../../machine/options.ts";
import type { Unwinder } from "./unwind.ts";

export interface Sample {
	/** Addresses, the innermost first; see `Unwinder`. */
	readonly stack: readonly number[];
	readonly processor: number;
	/** Instructions that it stands for. */
	readonly weight: number;
}
export interface Sampler {
	/** As `machine.run`. */
	run(instructions: number): RunResult;
	/** In the order of time. */
	samples(): Sample[];
	/** Instructions between two samples now. */
	readonly interval: number;
}

/** When there are so many, every second one goes and the others stand for twice as much: what a profile takes is bounded, however long the run. */
const mostSamples = 8192;
/** One sample falls into each interval, at random, so that no loop of the guest keeps step with it; the seed is always the same. */
const seed = 1;

/** Of the processor whose turn it is at the time. `interval`: to begin with. */
export function createSampler(machine: Pick<Machine, "run" | "spent" | "processors" | "current">, unwinder: Unwinder, interval: number): Sampler {
	const random = createRandom(seed);
	const stacks = new Map<string, readonly number[]>();
	let taken: { stack: readonly number[]; processor: number; weight: number }[] = [];
	let each = interval;
	/** The interval that goes on began at this count. */
	let begun = machine.spent;
	let due = begun + 1 + random.below(each);

	function take(): void {
		const processor = machine.processors[machine.current]!;
		const stack = unwinder.stack(processor);
		const key = stack.join();
		const same = stacks.get(key);
		if (!same) stacks.set(key, stack);
		taken.push({ stack: same ?? stack, processor: processor.index, weight: each });
		begun += each;
		if (taken.length >= mostSamples) thin();
		while (begun + each <= machine.spent) begun += each;
		due = Math.max(begun + 1 + random.below(each), machine.spent + 1);
	}
	function thin(): void {
		const kept: typeof taken = [];
		for (let i = 0; i + 1 < taken.length; i += 2) kept.push({ ...taken[i + random.below(2)]!, weight: taken[i]!.weight + taken[i + 1]!.weight });
		taken = kept;
		stacks.clear();
		for (const { stack } of taken) stacks.set(stack.join(), stack);
		each *= 2;
	}
	return {
		run(instructions) {
			const end = machine.spent + instructions;
			for (;;) {
				const result = machine.run(Math.max(0, Math.min(end, due) - machine.spent));
				if (machine.spent >= due) take();
				if (result.reason !== "limit" || machine.spent >= end) return result;
			}
		},
		samples: () => taken,
		get interval() {
			return each;
		},
	};
}
