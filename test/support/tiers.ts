/** Policies under which code changes its engine early, often, and at moments that a seed decides: thresholds of 1, 2, 10, and such as are drawn anew each time somebody asks. */
import { type Policy, policies, type RegionLimit } from "../../jit/tier/policy.ts";
import { Random } from "../ir/random.ts";

export interface Tiers {
	readonly name: string;
	/** A policy for one machine. */
	readonly policy: () => Policy;
	/** Engines that it surely comes to where code runs often enough. */
	readonly uses: readonly ("js" | "wasm")[];
}

/** Runs of a block, and of a machine function, before it moves on. */
const thresholds = [1, 2, 10];

const at = (jsAfter: number, wasmAfter: number, routineAfter: number): Policy => ({ ...policies.auto, jsAfter, wasmAfter, routineAfter });

/** Nobody reads a policy but who decides about a block, so each decision has thresholds and limits of its own. */
function drawn(seed: number): Policy {
	const random = new Random(seed);
	const limit = (): RegionLimit => ({ maxBlocks: random.pick([1, 3, 96]), maxInstructions: random.pick([1, 20, 1024]), copies: random.pick([1, 4]) });
	return {
		...policies.auto,
		get jsAfter() {
			return random.pick([0, 1, 2, 5, 10, 30]);
		},
		get wasmAfter() {
			return random.pick([0, 1, 2, 5, 10, 30, 100]);
		},
		routineAfter: random.pick([0, 1, 2, 10]),
		get js() {
			return limit();
		},
		get wasm() {
			return limit();
		},
		get patience() {
			return random.below(12);
		},
		get batch() {
			return random.pick([0, 500]);
		},
	};
}

/** All of them. `seeds`: one policy of random thresholds for each. */
export function tiersOf(...seeds: readonly number[]): readonly Tiers[] {
	return [
		...thresholds.flatMap((after) => [
			{ name: `Wasm after ${after}`, policy: () => at(Number.POSITIVE_INFINITY, after, after), uses: ["wasm"] as const },
			{ name: `JavaScript after ${after}, Wasm after ${after + 1} more`, policy: () => at(after, after + 1, after), uses: ["js", "wasm"] as const },
		]),
		...seeds.map((seed) => ({ name: `thresholds drawn anew for each decision, seed ${seed}`, policy: () => drawn(seed), uses: ["js", "wasm"] as const })),
	];
}
