/** Choice of an engine: a policy and what is known of a block in, the engine it should be on and when to ask again out. */
import type { Policy, Tier } from "./policy.ts";

/** Runs after which nobody asks again: a small integer, so that the field it stands in is one. */
export const never = 2 ** 30;

export interface Choice {
	readonly tier: Tier;
	/** Runs on that engine after which to ask again. */
	readonly ask: number;
}

/** Runs that are needed where a threshold says `after` and the code's page was rewritten that often. */
function needed(policy: Policy, after: number, rewrites: number): number {
	return Math.min(never, rewrites === 0 ? after : after + 2 ** Math.min(rewrites, policy.patience));
}

/** `tier`: where the block is now; `runs`: how often it has run there; `rewrites`: how often code of its page was overwritten. */
export function chooseTier(policy: Policy, tier: Tier, runs: number, rewrites: number): Choice {
	const js = needed(policy, policy.jsAfter, rewrites);
	const wasm = needed(policy, policy.wasmAfter, rewrites);
	if (tier === "wasm") return { tier, ask: never };
	if (wasm < never && runs >= wasm) return { tier: "wasm", ask: never };
	if (tier === "js" || (js < never && runs >= js)) return { tier: "js", ask: wasm };
	return { tier, ask: Math.min(js, wasm) };
}
