/** Promise C8: how code is translated, cut, cached and paced changes nothing that a guest can see. Random RISC-V code with a trap handler on board virt. */
import { describe, expect, it } from "vitest";
import type { CacheLimits } from "../../jit/cache/cache.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { Random } from "../ir/random.ts";
import { loadDefinition } from "../support/definition.ts";
import { pause } from "../support/pause.ts";
import { makeImage, ramBytes } from "./random-image.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);
const times = Number(process.env["DOPPEL_LONG"] ?? process.env["DOPPEL_COUNT"] ?? 1);
const programs = 4 * times;
const points = 4;

interface Configuration {
	readonly name: string;
	readonly policy: Policy;
	/** Instructions a call of `run`; default all at once. */
	readonly slice?: number;
	/** Forget all code after every slice. */
	readonly flush?: boolean;
	/** Forget all translations of addresses after every slice. */
	readonly cold?: boolean;
	readonly optimizer?: boolean;
	readonly limits?: CacheLimits;
}

const one = { maxBlocks: 1, maxInstructions: 1, copies: 2 };
const unchained = { maxBlocks: 1, maxInstructions: 64, copies: 2 };
const js = policies.js;
const wasm = policies.wasm;
const table: readonly Configuration[] = [
	{ name: "interpreter, budget 1", policy: policies.interpret, slice: 1 },
	{ name: "js", policy: js },
	{ name: "wasm", policy: wasm },
	{ name: "tiers that change often", policy: { ...policies.auto, jsAfter: 1, wasmAfter: 3 } },
	{ name: "js, one-instruction blocks", policy: { ...js, js: one } },
	{ name: "wasm, one-instruction blocks", policy: { ...wasm, wasm: one } },
	{ name: "js, a block a unit", policy: { ...js, js: unchained } },
	{ name: "wasm, a block a unit", policy: { ...wasm, wasm: unchained } },
	{ name: "js without the optimiser", policy: js, optimizer: false },
	{ name: "wasm without the optimiser", policy: wasm, optimizer: false },
	{ name: "js, budget 1", policy: js, slice: 1 },
	{ name: "wasm, budget 7, code forgotten after each slice", policy: { ...wasm, wasm: unchained }, slice: 7, flush: true },
	{ name: "js, budget 3, code forgotten after each slice", policy: js, slice: 3, flush: true },
	{ name: "js, translations forgotten after every instruction", policy: js, slice: 1, cold: true },
	{ name: "wasm, budget 20, code and translations forgotten after each slice", policy: wasm, slice: 20, flush: true, cold: true },
	{ name: "js, a cache of four units", policy: { ...js, js: unchained }, limits: { entries: 16, units: 4, bytes: 1 << 20, ops: 100 } },
];

describe("C8: configurations agree", () => {
	it.each([
		[32, "bare"],
		[64, "bare"],
		[32, "behind page tables"],
		[64, "behind page tables"],
	])("on rv%i %s, registers, RAM, devices and counts after every 500 instructions", async (XLEN, where) => {
		const paged = where !== "bare";
		const isa = loadDefinition("riscv", { XLEN });
		const random = new Random(seed);
		let [interrupts, traps] = [0, 0];
		for (let program = 0; program < programs; program++) {
			const image = makeImage(isa, random, XLEN, paged);
			let wanted: string[] | null = null;
			for (const { name, policy, slice, flush, cold, optimizer, limits } of table) {
				const machine = buildMachine({
					board: virt,
					isa,
					image,
					policy,
					ramBytes,
					stepsPerTick: 20,
					optimizer: optimizer !== false,
					...(limits ? { limits } : {}),
				});
				const seen: string[] = [];
				for (let point = 0; point < points; point++) {
					let result = "";
					for (let done = 0; done < 500; done += slice ?? 500) {
						result = JSON.stringify(machine.run(Math.min(slice ?? 500, 500 - done)));
						if (flush) machine.cache.flush();
						if (cold) machine.retranslate();
					}
					seen.push(`${result} ${machine.retired} at ${machine.pc().toString(16)}: ${machine.hash()}`);
				}
				wanted ??= seen;
				expect({ seed, program, name, seen }).toEqual({ seed, program, name, seen: wanted });
				if (paged) expect(machine.translation.asked).toBeGreaterThan(0);
				interrupts += machine.counts.interrupts;
				traps += machine.counts.traps;
				machine.close();
				await pause();
			}
		}
		expect(interrupts).toBeGreaterThan(programs);
		expect(traps).toBeGreaterThan(programs);
	});
});
