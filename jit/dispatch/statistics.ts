/** Counters of a dispatcher, at their start. */
import type { ExitKind } from "../base/exit.ts";
import { type Refusal, refusalNames } from "../base/refusal.ts";
import type { Statistics } from "./parts.ts";

export function newStatistics(): Statistics {
	const tier = () => ({ instructions: 0, blocks: 0, units: 0, runs: 0 });
	return {
		tiers: { interpret: tier(), js: tier(), wasm: tier() },
		singles: 0,
		assists: 0,
		quiet: 0,
		millis: { lift: 0, js: 0, wasm: 0 },
		exits: { budget: 0, privileged: 0, illegal: 0, wait: 0, yield: 0, stop: 0, next: 0, trap: 0, fault: 0 } satisfies Record<ExitKind, number>,
		refusals: Object.fromEntries(refusalNames.map((name) => [name, 0])) as Record<Refusal, number>,
	};
}
