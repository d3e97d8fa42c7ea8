/** The code cache: bounds under attack, invalidation, and a table that never leads to what is gone. */
import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { rounds } from "../ir/random.ts";
import { createTiny, ramBase, state, type Tiny, word } from "./tiny.ts";

const limits = { entries: 64, units: 16, bytes: 20000, ops: 1000 };

function check(tiny: Tiny): void {
	const { counters } = tiny.dispatcher.cache;
	expect(counters.entries).toBeLessThanOrEqual(limits.entries);
	expect(counters.units).toBeLessThanOrEqual(limits.units);
	expect(counters.bytes).toBeLessThanOrEqual(limits.bytes);
	for (const entry of tiny.dispatcher.cache.table.entries) if (entry) expect(entry.live).toBe(true);
}

/** `count` blocks of two instructions, each jumping to the next through r7, which every block sets by adding 8; the last one is illegal. */
const chain = (count: number) => [...Array.from({ length: count }, () => [word("addi", 7, 7, 8), word("jump", 7)]).flat(), word("illegal")];

describe.each(["js", "auto"] as const)("code cache: %s", (engine) => {
	it("stays within its bounds over many distinct blocks, again and again", () => {
		const tiny = createTiny({ policy: policies[engine], limits });
		const count = 2000;
		tiny.put(ramBase, chain(count));
		for (let round = 0; round < 3; round++) {
			tiny.pc = ramBase;
			tiny.set(7, ramBase);
			for (let left = 2 * count; left > 0; left -= 100) {
				expect(tiny.dispatcher.run(state, 100).retired).toBe(100);
				check(tiny);
			}
			expect(tiny.dispatcher.run(state, 100)).toEqual({ kind: "illegal", retired: 0 });
		}
		expect(tiny.dispatcher.cache.counters.evictions).toBeGreaterThan(0);
	});

	it("stops translating a page that is rewritten all the time, and says so", () => {
		const tiny = createTiny({ policy: policies[engine], limits });
		const many = rounds(3000);
		for (let i = 0; i < many; i++) {
			tiny.put(ramBase, [word("addi", 1, 1, (i % 100) + 1), word("addi", 1, 1, 1), word("illegal")]);
			tiny.set(1, 0);
			for (let again = 0; again < 2; again++) {
				tiny.pc = ramBase;
				expect(tiny.dispatcher.run(state, 10)).toEqual({ kind: "illegal", retired: 2 });
			}
			expect(tiny.registers()[1]).toBe(2 * ((i % 100) + 2));
			if (i % 100 === 0) check(tiny);
		}
		const { statistics } = tiny.dispatcher;
		expect(statistics.tiers.js.units).toBeLessThan(20);
		if (engine === "js") expect(statistics.refusals["page-rewritten"]).toBeGreaterThan(0);
	});

	it("forgets a page when it is told to, and clears its flag", () => {
		const tiny = createTiny({ policy: policies[engine] });
		tiny.put(ramBase, chain(5));
		tiny.set(7, ramBase);
		tiny.pc = ramBase;
		tiny.dispatcher.run(state, 100);
		expect(tiny.flags[0]).toBe(1);
		tiny.dispatcher.cache.invalidate(0);
		expect(tiny.flags[0]).toBe(0);
		expect(tiny.dispatcher.cache.counters).toMatchObject({ entries: 0, units: 0, bytes: 0, invalidations: 1 });
		expect(tiny.dispatcher.cache.table.entries.every((slot) => slot === null)).toBe(true);
	});

	it("keeps the machine's own bits of a page's flags", () => {
		const tiny = createTiny({ policy: policies[engine] });
		tiny.flags[0] = 2;
		tiny.put(ramBase, chain(5));
		tiny.set(7, ramBase);
		tiny.pc = ramBase;
		tiny.dispatcher.run(state, 100);
		expect(tiny.flags[0]).toBe(3);
		tiny.dispatcher.cache.flush();
		expect(tiny.flags[0]).toBe(2);
	});

	it("does not count a write beside the code as a rewrite", () => {
		const tiny = createTiny({ policy: policies[engine] });
		tiny.put(ramBase, chain(5));
		tiny.set(7, ramBase);
		tiny.pc = ramBase;
		tiny.dispatcher.run(state, 100);
		tiny.dispatcher.cache.written(ramBase + 100, 2000);
		tiny.dispatcher.cache.written(ramBase - 100, 100);
		tiny.dispatcher.cache.written(0, 4);
		expect(tiny.dispatcher.cache.counters.invalidations).toBe(0);
		tiny.dispatcher.cache.written(ramBase - 100, 104);
		expect(tiny.dispatcher.cache.counters.invalidations).toBe(1);
	});
});
