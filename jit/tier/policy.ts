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
	/** Runs of a machine function, or of an instruction that is carried out alone, on the interpreter after which it becomes JavaScript. */
	readonly routineAfter: number;
	/** How far a region grows in each of the two. */
	readonly js: RegionLimit;
	readonly wasm: RegionLimit;
	/** After n rewrites of a page that held translated code its blocks need 2 to the power of n more runs, up to 2 to this power. */
	readonly patience: number;
	/**
	 * Guest instructions that are translated together at least, where the engine has a price a module: regions that ran already and stand where the
	 * first one's calls return to come along. (Taking what has not run yet, too, doubled the work and made worse regions.)
	 */
	readonly batch: number;
	/** And so many at most, where others that were due have waited: what is due for Wasm waits for a quarter of `wasmAfter` more. */
	readonly together: number;
	/** Callees that stand in the place of their calls, where the engine has calls: how large one may be, and how many instructions of them a region has. */
	readonly inline: { readonly maxBlocks: number; readonly maxInstructions: number; readonly total: number };
}
export interface RegionLimit {
	readonly maxBlocks: number;
	readonly maxInstructions: number;
	/** In how many units of the engine a block may stand before further regions leave it out and go there through the dispatcher. */
	readonly copies: number;
}

// Measured with bench/guests/mix (864 million instructions, JavaScript): 1 copy and 16 blocks: 140 million dispatches, 3.6 s; 2 and 16: 62 million,
// 2.3 s; 2 and 32: 43 million, 2.0 s; 2 and 64: 42 million, 2.2 s; no limit and 64: 42 million, but 8 times as many blocks to translate.
const limits = {
	js: { maxBlocks: 32, maxInstructions: 512, copies: 2 },
	wasm: { maxBlocks: 96, maxInstructions: 1024, copies: 4 },
	patience: 12,
	batch: 500,
	together: 4000,
	inline: { maxBlocks: 12, maxInstructions: 64, total: 600 },
};

/** The policy of each engine. `js` and `wasm` translate everything the first time it runs: they are for tests and comparisons, `auto` is for use. */
export const policies: Readonly<Record<Engine, Policy>> = {
	interpret: { engine: "interpret", jsAfter: Infinity, wasmAfter: Infinity, routineAfter: Infinity, ...limits },
	js: { engine: "js", jsAfter: 0, wasmAfter: Infinity, routineAfter: 0, ...limits },
	wasm: { engine: "wasm", jsAfter: Infinity, wasmAfter: 0, routineAfter: 0, ...limits },
	auto: { engine: "auto", jsAfter: Infinity, wasmAfter: 120, routineAfter: 100, ...limits },
};
