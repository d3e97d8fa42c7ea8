/** The choice of an engine, as a table. */
import { expect, it } from "vitest";
import { chooseTier, never } from "../../jit/tier/choose.ts";
import { type Engine, policies, type Tier } from "../../jit/tier/policy.ts";

const { jsAfter, wasmAfter } = policies.auto;

it.each<{ engine: Engine; tier: Tier; runs: number; rewrites: number; to: Tier; ask: number }>([
	{ engine: "interpret", tier: "interpret", runs: 10 ** 9, rewrites: 0, to: "interpret", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 0, to: "js", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 1, to: "interpret", ask: 2 },
	{ engine: "js", tier: "interpret", runs: 2, rewrites: 1, to: "js", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 200, to: "interpret", ask: 4096 },
	{ engine: "wasm", tier: "interpret", runs: 0, rewrites: 0, to: "wasm", ask: never },
	{ engine: "auto", tier: "interpret", runs: 0, rewrites: 0, to: "interpret", ask: jsAfter },
	{ engine: "auto", tier: "interpret", runs: jsAfter, rewrites: 0, to: "js", ask: wasmAfter },
	{ engine: "auto", tier: "js", runs: wasmAfter - 1, rewrites: 0, to: "js", ask: wasmAfter },
	{ engine: "auto", tier: "js", runs: wasmAfter, rewrites: 0, to: "wasm", ask: never },
	{ engine: "auto", tier: "wasm", runs: 10 ** 9, rewrites: 0, to: "wasm", ask: never },
])(
	"$engine: a block on $tier after $runs runs and $rewrites rewrites of its page goes to $to and asks after $ask",
	({ engine, tier, runs, rewrites, to, ask }) => {
		expect(chooseTier(policies[engine], tier, runs, rewrites)).toEqual({ tier: to, ask });
	},
);
