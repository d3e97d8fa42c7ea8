/** Machines that are connected with each other in, their runs side by side in one time out. */
import type { Machine } from "./machine.ts";
import type { RunResult } from "./options.ts";

/** Steps of one machine's clock before the next one's turn: a tenth of a millisecond of a guest's time on board virt, and what a frame takes at most from one to the other. */
export const turnSteps = 10_000;

export interface Together {
	/** For the `HostParts` of each machine: one that waits does not run ahead of the others. */
	pace(now: number): number;
	/**
	 * Runs them in turns until each clock is `steps` further (rounded up to whole turns), or all have ended. Each one's result, null while it goes on. Equal machines that
	 * are run for equal counts, in however many calls, come to equal states.
	 */
	run(machines: readonly Machine[], steps: number): (RunResult | null)[];
}

export function createTogether(): Together {
	let horizon = 0;
	const ended = new Map<Machine, RunResult>();
	return {
		pace: () => horizon,
		run(machines, steps) {
			const until = horizon + steps;
			while (horizon < until && machines.some((machine) => !ended.has(machine))) {
				horizon += turnSteps;
				for (const machine of machines) {
					// one that traps without end stays behind, and does not keep the others
					const left = Math.min(turnSteps, horizon - machine.clock.steps());
					if (ended.has(machine) || left <= 0) continue;
					const result = machine.run(left);
					if (result.reason === "exit" || result.reason === "reset") ended.set(machine, result);
				}
			}
			return machines.map((machine) => ended.get(machine) ?? null);
		},
	};
}
