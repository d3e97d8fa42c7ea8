/** Promises C1, C8 and C10 across changes of the engine: whenever a block moves to another one, or back, nobody sees it. */
import { describe, expect, it } from "vitest";
import type { Setting } from "../../jit/emit/wasm/work.ts";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { Random } from "../ir/random.ts";
import { loadDefinition } from "../support/definition.ts";
import { createLateHelper, type LateHelper } from "../support/late.ts";
import { pause } from "../support/pause.ts";
import { tiersOf } from "../support/tiers.ts";
import { makeImage, ramBytes } from "./random-image.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);
const programs = 3 * Number(process.env["DOPPEL_LONG"] ?? process.env["DOPPEL_COUNT"] ?? 1);
/** Stops of a run, and the most instructions between two. */
const stops = 40;
const most = 400;

/** What happens to code between two slices now and then: then it is back on the interpreter. */
const changes = ["flush", "forget", "forget", "retranslate"] as const;

describe("C1, C8, C10: an engine takes over from another at any moment", () => {
	it.each([
		[32, "bare"],
		[64, "bare"],
		[32, "behind page tables"],
		[64, "behind page tables"],
	])("on rv%i %s, with the state and counts of the interpreter wherever the run stops", async (XLEN, where) => {
		const isa = loadDefinition("riscv", { XLEN });
		const random = new Random(seed);
		const units = new Map<string, number>();
		const helped = { taken: 0, done: 0, units: 0 };
		for (let program = 0; program < programs; program++) {
			const image = makeImage(isa, random, XLEN, where !== "bare");
			const slices = Array.from({ length: stops }, () => ({
				count: 1 + random.below(random.pick([4, most])),
				change: random.once(8) ? random.pick(changes) : null,
			}));
			let wanted: string[] | null = null;
			const tiers = tiersOf(seed, seed + 1000 * (program + 1));
			// what is translated elsewhere comes whenever it wants to, if ever
			const late = tiers.filter((_, i) => i % 3 === program % 3).map((tier) => ({ ...tier, name: `${tier.name}, elsewhere`, elsewhere: true }));
			const all = [{ name: "interpreter", policy: () => policies.interpret }, ...tiers, ...late].map((one) => ({ elsewhere: false, ...one }));
			for (const { name, policy, elsewhere } of all) {
				let helper: LateHelper | undefined;
				const host = elsewhere ? { helper: (setting: Setting) => (helper = createLateHelper(setting, seed + program)) } : {};
				const machine = buildMachine({ board: virt, isa, image, policy: policy(), ramBytes, stepsPerTick: 20, host });
				const seen = slices.map(({ count, change }) => {
					const result = JSON.stringify(machine.run(count));
					if (change === "flush") machine.cache.flush();
					else if (change === "retranslate") machine.retranslate();
					else if (change === "forget") for (let page = 0; page < ramBytes / 4096; page++) machine.cache.forget(page);
					return `${count}: ${result} ${machine.retired} at ${machine.pc().toString(16)}: ${machine.hash()}`;
				});
				wanted ??= seen;
				expect({ seed, program, name, seen }).toEqual({ seed, program, name, seen: wanted });
				for (const tier of ["js", "wasm"] as const) units.set(`${tier}: ${name}`, (units.get(`${tier}: ${name}`) ?? 0) + machine.statistics.tiers[tier].units);
				helped.units += machine.statistics.helped;
				helped.taken += helper?.counts.taken ?? 0;
				helped.done += helper?.counts.done ?? 0;
				machine.close();
				await pause();
			}
		}
		// all of them did what they are for
		console.log(`elsewhere: ${JSON.stringify(helped)}`);
		expect(helped.units).toBeGreaterThan(Math.max(programs, 0.9 * helped.done));
		for (const { name, uses } of tiersOf(seed))
			for (const tier of uses) expect({ name, tier, units: units.get(`${tier}: ${name}`) }).not.toEqual({ name, tier, units: 0 });
	});
});
