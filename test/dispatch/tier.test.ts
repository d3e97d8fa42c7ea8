/** The choice of an engine, as a table. */
import { expect, it } from "vitest";
import { chooseTier, never } from "../../jit/tier/choose.ts";
import { type Engine, type Policy, policies, type Tier } from "../../jit/tier/policy.ts";

const { wasmAfter } = policies.auto;
/** `all`: one that uses every engine. */
const known: Record<Engine | "all", Policy> = { ...policies, all: { ...policies.auto, jsAfter: 8, wasmAfter: 1000 } };

it.each<{ engine: Engine | "all"; tier: Tier; runs: number; rewrites: number; to: Tier; ask: number }>([
	{ engine: "interpret", tier: "interpret", runs: 10 ** 9, rewrites: 0, to: "interpret", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 0, to: "js", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 1, to: "interpret", ask: 2 },
	{ engine: "js", tier: "interpret", runs: 2, rewrites: 1, to: "js", ask: never },
	{ engine: "js", tier: "interpret", runs: 0, rewrites: 200, to: "interpret", ask: 4096 },
	{ engine: "wasm", tier: "interpret", runs: 0, rewrites: 0, to: "wasm", ask: never },
	{ engine: "auto", tier: "interpret", runs: wasmAfter - 1, rewrites: 0, to: "interpret", ask: wasmAfter },
	{ engine: "auto", tier: "interpret", runs: wasmAfter, rewrites: 0, to: "wasm", ask: never },
	{ engine: "all", tier: "interpret", runs: 0, rewrites: 0, to: "interpret", ask: 8 },
	{ engine: "all", tier: "interpret", runs: 8, rewrites: 0, to: "js", ask: 1000 },
	{ engine: "all", tier: "js", runs: 999, rewrites: 0, to: "js", ask: 1000 },
	{ engine: "all", tier: "js", runs: 1000, rewrites: 0, to: "wasm", ask: never },
	{ engine: "auto", tier: "wasm", runs: 10 ** 9, rewrites: 0, to: "wasm", ask: never },
])(
	"$engine: a block on $tier after $runs runs and $rewrites rewrites of its page goes to $to and asks after $ask",
	({ engine, tier, runs, rewrites, to, ask }) => {
		expect(chooseTier(known[engine], tier, runs, rewrites)).toEqual({ tier: to, ask });
	},
);
