/** Counters of a dispatcher, at their start. */
import type { ExitKind } from "../base/exit.ts";
import { type Refusal, refusalNames } from "../base/refusal.ts";
import { Status, statusNames } from "../base/status.ts";
import type { Statistics } from "./parts.ts";

const kinds = ["budget", "privileged", "illegal", "wait", "yield", "stop", "next", "trap", "fault"] as const satisfies readonly ExitKind[];

/** `taken`: how often each exit was taken, by its status; what `statistics.exits` shows. (Counting by name took as long as making the exit.) */
export function newStatistics(): { statistics: Statistics; taken: Float64Array } {
	const taken = new Float64Array(statusNames.length);
	const exits = Object.defineProperties({}, Object.fromEntries(kinds.map((kind) => [kind, { enumerable: true, get: () => taken[Status[kind]]! }]))) as Record<
		ExitKind,
		number
	>;
	const tier = () => ({ instructions: 0, blocks: 0, units: 0, runs: 0 });
	const statistics: Statistics = {
		tiers: { interpret: tier(), js: tier(), wasm: tier() },
		singles: 0,
		assists: 0,
		quiet: 0,
		restored: 0,
		helped: 0,
		millis: { lift: 0, js: 0, wasm: 0 },
		exits,
		refusals: Object.fromEntries(refusalNames.map((name) => [name, 0])) as Record<Refusal, number>,
	};
	return { statistics, taken };
}
