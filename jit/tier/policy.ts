/** Policy: which engine runs a block after how many runs; plain data, so that it can be printed, recorded and changed. */

/** What `--engine` takes. */
export const engines = ["interpret", "js", "wasm", "auto"] as const;
export type Engine = (typeof engines)[number];

/** The engines that a block can run on. */
export type Tier = "interpret" | "js" | "wasm";

/** `Infinity`: never. */
export interface Policy {
	readonly engine: Engine;
	/** Runs of a block on the engine before (interpreter; JavaScript) after which it is translated to JavaScript, to Wasm. */
	readonly jsAfter: number;
	readonly wasmAfter: number;
	/** How far a region grows in each of the two. */
	readonly js: RegionLimit;
	readonly wasm: RegionLimit;
	/** Each rewrite of a page that held translated code doubles the runs that its blocks need (one at least), up to 2 to this power. */
	readonly patience: number;
}
export interface RegionLimit {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
}

const limits = {
	js: { maxBlocks: 16, maxInstructions: 256 },
	wasm: { maxBlocks: 64, maxInstructions: 1024 },
	patience: 12,
};

/** The policy of each engine. `js` and `wasm` translate everything the first time it runs: they are for tests and comparisons, `auto` is for use. */
export const policies: Readonly<Record<Engine, Policy>> = {
	interpret: { engine: "interpret", jsAfter: Infinity, wasmAfter: Infinity, ...limits },
	js: { engine: "js", jsAfter: 0, wasmAfter: Infinity, ...limits },
	wasm: { engine: "wasm", jsAfter: Infinity, wasmAfter: 0, ...limits },
	auto: { engine: "auto", jsAfter: 8, wasmAfter: 1000, ...limits },
};
