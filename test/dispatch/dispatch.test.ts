/** The dispatcher on a small machine: exits, exact budgets, code that changes, mappings, counters; on every engine alike. */
import { describe, expect, it } from "vitest";
import type { Exit } from "../../jit/base/exit.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { createTiny, device, ramBase, state, type Tiny, type TinyOptions, word } from "./tiny.ts";

const engines: { name: string; options: TinyOptions }[] = [
	{ name: "interpret", options: { policy: policies.interpret } },
	{ name: "js", options: { policy: policies.js } },
	{ name: "js, one block a unit", options: { policy: { ...policies.js, js: { maxBlocks: 1, maxInstructions: 64, copies: 2 } } } },
	{ name: "js, one instruction a unit", options: { policy: { ...policies.js, js: { maxBlocks: 1, maxInstructions: 1, copies: 2 } } } },
	{ name: "auto", options: { policy: { ...policies.auto, jsAfter: 3 } } },
	{ name: "wasm", options: { policy: policies.wasm } },
	{ name: "auto with wasm", options: { policy: { ...policies.auto, jsAfter: 2, wasmAfter: 4, batch: 6 } } },
	{ name: "js, a cache of two units", options: { policy: policies.js, limits: { entries: 6, units: 2, bytes: 4000, ops: 20 } } },
];

/** r1 counts down from r2; r3 sums; nested loop; a store and a load each round. */
const loop = [
	word("addi", 1, 0, 9),
	word("addi", 4, 0, 3), // 4: inner
	word("addi", 3, 3, 2),
	word("addi", 4, 4, -1),
	word("bne", 4, 0, -2),
	word("store", 3, 5, 0),
	word("load", 6, 5, 0),
	word("addi", 1, 1, -1),
	word("bne", 1, 0, -7),
	word("jump", 7),
];
const start = ramBase + 0x1000;
const data = ramBase + 0x5000;

function boot(options: TinyOptions, program: readonly number[] = loop): Tiny {
	const tiny = createTiny(options);
	tiny.put(start, program);
	tiny.pc = start;
	tiny.set(5, data);
	tiny.set(7, start);
	return tiny;
}

/** The same program one instruction at a time: registers after 0, 1, 2... instructions. */
function reference(program: readonly number[], steps: number): number[][] {
	const tiny = boot({ policy: policies.interpret }, program);
	const trail = [tiny.registers()];
	for (let i = 0; i < steps; i++) {
		expect(tiny.dispatcher.stepOne(state)).toEqual({ kind: "next", retired: 1 });
		trail.push(tiny.registers());
	}
	return trail;
}

describe.each(engines)("dispatch: $name", ({ options }) => {
	it("stops after exactly N instructions, for every N, with the state of N single steps", () => {
		const trail = reference(loop, 200);
		for (let n = 0; n <= 200; n++) {
			const tiny = boot(options);
			expect(tiny.dispatcher.run(state, n)).toEqual({ kind: "budget", retired: n });
			expect(tiny.registers(), `after ${n}`).toEqual(trail[n]);
		}
	});

	it("comes to the same state however a run is cut into budgets", () => {
		const trail = reference(loop, 400);
		for (const step of [1, 2, 3, 7, 50]) {
			const tiny = boot(options);
			for (let n = 0; n + step <= 400; n += step) {
				expect(tiny.dispatcher.run(state, step)).toEqual({ kind: "budget", retired: step });
				expect(tiny.registers(), `after ${n + step} in steps of ${step}`).toEqual(trail[n + step]);
			}
		}
	});

	const ends: { name: string; program: number[]; exit: Exit; at: number }[] = [
		{ name: "a privileged instruction", program: [word("addi", 1, 0, 5), word("system", 1)], exit: { kind: "privileged", retired: 1 }, at: 4 },
		{ name: "a privileged instruction at once", program: [word("system", 1)], exit: { kind: "privileged", retired: 0 }, at: 0 },
		{ name: "an illegal instruction", program: [word("addi", 1, 0, 5), word("illegal")], exit: { kind: "illegal", retired: 1 }, at: 4 },
		{ name: "a trap", program: [word("addi", 1, 0, 5), word("trap", 3, 1)], exit: { kind: "trap", retired: 1, cause: [3, 0], value: [5, 0] }, at: 4 },
		{
			name: "a load from nowhere",
			program: [word("addi", 1, 0, 5), word("load", 2, 1, 1), word("addi", 1, 1, 1)],
			exit: { kind: "fault", retired: 1, access: 1, fault: 0, address: [9, 0] },
			at: 4,
		},
		{
			name: "a store to nowhere",
			program: [word("addi", 1, 0, 4), word("addi", 2, 1, 1), word("store", 2, 1, 0)],
			exit: { kind: "fault", retired: 2, access: 2, fault: 0, address: [4, 0] },
			at: 8,
		},
		{ name: "code that cannot be fetched", program: [word("jump", 1)], exit: { kind: "fault", retired: 1, access: 0, fault: 0, address: [0, 0] }, at: -start },
	];
	it.each(ends)("comes back for $name with the state exact, every time", async ({ program, exit, at }) => {
		const tiny = boot(options, program);
		for (let round = 0; round < 6; round++) {
			tiny.pc = start;
			tiny.set(2, 0);
			expect(tiny.dispatcher.run(state, 100)).toEqual(exit);
			expect(tiny.pc).toBe(start + at);
		}
	});

	it("carries out a privileged instruction with stepOne, and waits", () => {
		const tiny = boot(options, [word("addi", 1, 0, 5), word("system", 1), word("wait"), word("addi", 1, 1, 1), word("illegal")]);
		expect(tiny.dispatcher.run(state, 100).kind).toBe("privileged");
		expect(tiny.dispatcher.stepOne(state)).toEqual({ kind: "next", retired: 1 });
		expect(tiny.registers().at(-1)).toBe(5);
		expect(tiny.dispatcher.run(state, 100)).toEqual({ kind: "privileged", retired: 0 });
		expect(tiny.dispatcher.stepOne(state)).toEqual({ kind: "wait", retired: 1 });
		expect(tiny.dispatcher.run(state, 100)).toEqual({ kind: "illegal", retired: 1 });
		expect(tiny.dispatcher.stepOne(state)).toEqual({ kind: "illegal", retired: 0 });
	});

	it("performs a device access once, and the device sees the exact count", () => {
		const tiny = boot(options, [
			word("load", 1, 6, 0),
			word("store", 1, 6, 0),
			word("addi", 2, 2, 1),
			word("load", 1, 6, 0),
			word("store", 1, 6, 0),
			word("jump", 7),
		]);
		tiny.set(6, device);
		expect(tiny.dispatcher.run(state, 14)).toEqual({ kind: "budget", retired: 14 });
		expect(tiny.log).toEqual([0, 3, 6, 9, 12].flatMap((n) => [`load ${n}`, `store ${n}`]));
	});

	it("comes back after the instruction in which a device asks it to", () => {
		const tiny = boot(options, [word("addi", 1, 1, 1), word("store", 1, 6, 0), word("addi", 1, 1, 1), word("jump", 7)]);
		tiny.set(6, device);
		tiny.onStore = () => tiny.dispatcher.leave();
		expect(tiny.dispatcher.run(state, 100)).toEqual({ kind: "next", retired: 2 });
		expect(tiny.dispatcher.run(state, 100)).toEqual({ kind: "next", retired: 4 });
	});

	it("sees a store to the next instruction, and to one further on", () => {
		// each round writes `addi r1, r1, c` over the instruction after the store, then over the one after the next
		const program = [
			word("load", 2, 5, 0), // the new instruction
			word("store", 2, 7, 2),
			word("addi", 1, 1, 1), // replaced
			word("addi", 4, 4, 1),
			word("load", 2, 5, 1),
			word("store", 2, 7, 7),
			word("addi", 4, 4, 1),
			word("addi", 1, 1, 1), // replaced
			word("jump", 7),
		];
		const tiny = boot(options, program);
		const run = (first: number, second: number) => {
			tiny.put(data, [word("addi", 1, 1, first), word("addi", 1, 1, second)]);
			tiny.set(1, 0);
			tiny.pc = start;
			expect(tiny.dispatcher.run(state, 9)).toEqual({ kind: "budget", retired: 9 });
			expect(tiny.registers()[1]).toBe(first + second);
		};
		for (let i = 1; i < 40; i++) run(i, i & 1 ? 7 : -3);
		expect(tiny.dispatcher.cache.counters.invalidations).toBeGreaterThan(10);
	});

	it("leaves code alone when a store hits another part of its page", () => {
		const tiny = boot(options);
		tiny.set(5, start + 0x800);
		tiny.dispatcher.run(state, 1000);
		expect(tiny.dispatcher.cache.counters.invalidations).toBe(0);
		expect(tiny.dispatcher.cache.holds(start, 4)).toBe(true);
		expect(tiny.dispatcher.cache.holds(start + 0x800, 4)).toBe(false);
	});

	it("runs what a page is mapped to now, and faults where nothing is", () => {
		const tiny = boot(options, [word("addi", 1, 1, 1), word("jump", 7)]);
		tiny.put(start + 0x1000, [word("addi", 1, 1, 100), word("jump", 7)]);
		const [virtual, one, two] = [0x40, start >> 12, (start + 0x1000) >> 12];
		for (let round = 0; round < 10; round++) {
			tiny.set(1, 0);
			tiny.set(7, 0x40000);
			tiny.pc = 0x40000;
			tiny.map(new Map([[virtual, one]]));
			expect(tiny.dispatcher.run(state, 10).retired).toBe(10);
			expect(tiny.registers()[1]).toBe(5);
			tiny.map(new Map([[virtual, two]]));
			expect(tiny.dispatcher.run(state, 10).retired).toBe(10);
			expect(tiny.registers()[1]).toBe(505);
			tiny.map(new Map());
			expect(tiny.dispatcher.run(state, 10)).toEqual({ kind: "fault", retired: 0, access: 0, fault: 0, address: [0x40000, 0] });
			tiny.map(null);
			expect(tiny.dispatcher.run(state, 10)).toEqual({ kind: "fault", retired: 0, access: 0, fault: 0, address: [0x40000, 0] });
		}
	});

	it("runs code outside RAM, one instruction at a time, and counts why", () => {
		const tiny = boot(options);
		tiny.put(0x8000, [word("addi", 1, 1, 1), word("addi", 2, 2, 2), word("bne", 1, 4, -2), word("system", 1)]);
		tiny.pc = 0x8000;
		tiny.set(4, 20);
		expect(tiny.dispatcher.run(state, 1000)).toEqual({ kind: "privileged", retired: 60 });
		expect(tiny.dispatcher.statistics.refusals["outside-ram"]).toBeGreaterThan(0);
		expect(tiny.dispatcher.cache.counters.entries).toBe(0);
	});

	it("counts every instruction on one engine", () => {
		const tiny = boot(options);
		let total = 0;
		for (const n of [1, 10, 100, 1000, 5000]) total += tiny.dispatcher.run(state, n).retired;
		const { tiers, exits } = tiny.dispatcher.statistics;
		expect(tiers.interpret.instructions + tiers.js.instructions + tiers.wasm.instructions).toBe(total);
		expect(exits.budget).toBe(5);
	});
});

describe("dispatch: choice of the engine", () => {
	const run = (policy: Policy, n: number) => {
		const tiny = boot({ policy });
		tiny.dispatcher.run(state, n);
		return tiny.dispatcher.statistics;
	};
	it("interprets only, when told so", () => {
		const { tiers } = run(policies.interpret, 1000);
		expect([tiers.interpret.instructions, tiers.js.units]).toEqual([1000, 0]);
	});
	it("runs at least 99 % translated, when told so", () => {
		const { tiers } = run(policies.js, 10000);
		expect(tiers.js.instructions).toBeGreaterThan(9900);
	});
	it("starts in the interpreter and goes on in Wasm, when left to itself", () => {
		const { tiers } = run(policies.auto, 100000);
		expect(tiers.interpret.runs).toBeGreaterThan(policies.auto.wasmAfter);
		expect(tiers.wasm.instructions).toBeGreaterThan(98000);
	});
	it("interprets and counts a refusal where the engine is missing, or fails", () => {
		const bare = boot({ policy: policies.wasm, emitters: () => [] });
		bare.dispatcher.run(state, 10000);
		expect(bare.dispatcher.statistics.tiers.interpret.instructions).toBe(10000);
		expect(bare.dispatcher.statistics.refusals["emitter-missing"]).toBeGreaterThan(0);
		let emitted = 0;
		const emit = () => {
			emitted++;
			throw new Error("cannot");
		};
		const tiny = boot({ policy: policies.wasm, emitters: () => [{ name: "wasm", emit }] });
		tiny.dispatcher.run(state, 100000);
		expect(emitted).toBeGreaterThan(0);
		expect(tiny.dispatcher.statistics.refusals["emitter-failed"]).toBe(emitted);
	});
	it("behind page tables takes in what has run; what was left out and runs often joins its region, formed anew", () => {
		// r1 counts rounds; while r4 is not 0 each one goes past r6
		const tiny = boot({ policy: { ...policies.auto, wasmAfter: 4 } }, [
			word("addi", 1, 1, 1),
			word("bne", 4, 0, 2),
			word("jump", 7),
			word("addi", 6, 6, 1),
			word("jump", 7),
		]);
		const rounds = (rare: number) => {
			tiny.set(4, rare);
			tiny.dispatcher.run(state, 3000);
			const { blocks, units } = tiny.dispatcher.statistics.tiers.wasm;
			return { blocks, units, kept: tiny.dispatcher.cache.counters.units };
		};
		tiny.map(new Map([[start / 4096, start / 4096]]));
		expect(rounds(0)).toEqual({ blocks: 2, units: 1, kept: 1 });
		expect(rounds(1)).toEqual({ blocks: 5, units: 2, kept: 1 });
		expect(rounds(0)).toEqual({ blocks: 5, units: 2, kept: 1 });
		expect(tiny.registers().slice(1)).toEqual([1000 + 750 + 1000, 0, 0, 0, data, 750, start, 0]);
	});
});
