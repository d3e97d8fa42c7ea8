import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { base, finish, rig } from "./rig.ts";

const done = { reason: "exit", code: 0 };
const first = base + 0x20000;
const add = (by: number): number => (by << 20) | (21 << 15) | (21 << 7) | 0x13;

/** `count` functions of two instructions each, 16 bytes apart, all called `rounds` times. */
const many = (count: number, rounds: number): string => `
	li t0, ${first}
	li t1, ${add(1)}
	li t2, 0x8067
	li t3, ${count}
fill: sw t1, 0(t0)
	sw t2, 4(t0)
	addi t0, t0, 16
	addi t3, t3, -1
	bnez t3, fill
	li s6, ${rounds}
round: li t3, ${count}
	li s7, ${first}
each: jalr s7
	addi s7, s7, 16
	addi t3, t3, -1
	bnez t3, each
	addi s6, s6, -1
	bnez s6, round
	li a0, 0
	${finish}`;
/** A function that is written anew `count` times and runs a loop of \`turns\` turns each time. */
const rewriting = (count: number, turns: number): string => `
	li s4, ${count}
	la s7, function
	li s8, ${add(1)}
	li s9, ${add(1) ^ add(2)}
again: xor s8, s8, s9
	sw s8, 0(s7)
	jalr s7
	addi s4, s4, -1
	bnez s4, again
	li a0, 0
	${finish}
	.align 12
function: .word ${add(1)}
	li t3, ${turns}
turn: addi s6, s6, 1
	addi t3, t3, -1
	bnez t3, turn
	ret`;

describe("S8: the code cache cannot be exhausted", () => {
	const limits = { entries: 1000, units: 300, bytes: 2 ** 20, ops: 2000 };
	it.each([
		["interpret", 10_000],
		["js", 10_000],
		["auto", 10_000],
		["wasm", 2000],
	] as const)("by distinct blocks: on %s, %i of them stay within the limits, at every moment looked at", { timeout: 120_000 }, async (engine, count) => {
		const { machine, register } = await rig(64, policies[engine], many(count, 3), { limits });
		const { counters } = machine.cache;
		let largest = 0;
		for (;;) {
			const result = machine.run(5000);
			expect(counters.entries).toBeLessThanOrEqual(limits.entries);
			expect(counters.units).toBeLessThanOrEqual(limits.units);
			expect(counters.bytes).toBeLessThanOrEqual(limits.bytes);
			largest = Math.max(largest, counters.entries);
			await new Promise((next) => setTimeout(next, 0));
			if (result.reason === "limit") continue;
			expect(result).toEqual(done);
			break;
		}
		expect(register("s5")).toBe(3 * count);
		expect(counters.evictions).toBeGreaterThan(count);
		expect(largest).toBeGreaterThan(limits.entries / 2);
	});

	it.each(["interpret", "js", "auto", "wasm"] as const)(
		"by rewriting: on %s, a page written 10,000 times is given up on, not translated 10,000 times",
		async (engine) => {
			const { machine, register } = await rig(64, policies[engine], rewriting(10_000, 3));
			expect(machine.run(1_000_000)).toEqual(done);
			expect(register("s5")).toBe(5000 * 1 + 5000 * 2);
			const { tiers } = machine.statistics;
			expect(machine.cache.counters.invalidations).toBeGreaterThanOrEqual(9999);
			// what was thrown away is lifted again when it runs again: the function's few blocks
			expect(tiers.interpret.blocks).toBeLessThan(10_000 * 4);
			expect(tiers.js.units + tiers.wasm.units).toBeLessThan(40);
			expect(machine.cache.counters.units).toBeLessThan(40);
		},
	);

	it.each(["js", "auto", "wasm"] as const)(
		"and on %s code that is written anew every 10^5 instructions is translated again: it runs most of them",
		async (engine) => {
			const { machine } = await rig(64, policies[engine], rewriting(30, 33_333));
			expect(machine.run(10_000_000)).toEqual(done);
			const { tiers } = machine.statistics;
			expect((tiers.js.instructions + tiers.wasm.instructions) / machine.retired).toBeGreaterThan(0.7);
		},
	);
});
