import { describe, expect, it } from "vitest";
import { type Entry, notYet } from "../../jit/cache/entry.ts";
import { createLifted } from "../../jit/dispatch/lifted.ts";
import { createRoom } from "../../jit/interpret/room.ts";

const words = (seed: number, length: number): number[] => Array.from({ length }, (_, i) => seed * 1000 + i);

describe("the room for what is interpreted", () => {
	it.each([
		["small", 100],
		["large", 5000],
	])("holds %s programs, each as it was put there", (_, length) => {
		const room = createRoom();
		const put = Array.from({ length: 400 }, (_, i) => room.put(words(i, length)));
		put.forEach(({ code, start }, i) => {
			expect([...code.subarray(start, start + length)]).toEqual(words(i, length));
		});
	});
	it("has many small ones in an array, and a large one in its own", () => {
		const room = createRoom();
		const arrays = new Set(Array.from({ length: 400 }, (_, i) => room.put(words(i, 100)).code));
		expect(arrays.size).toBeLessThan(5);
		expect(room.put(words(1, 5000)).code.length).toBe(5000);
	});
});

describe("what is kept of lifted blocks", () => {
	const ops = 24;
	const createKept = (most: number) => {
		const lifted = createLifted(most);
		let made = 0;
		return {
			...lifted,
			make(): Entry {
				const seed = made++;
				const program = { ...lifted.room.put(words(seed, 100)), words: 100, slots: 2, floats: [] };
				const entry = { turn: notYet, weight: 0, cold: { program, count: 1, behind: 0 } } as unknown as Entry;
				lifted.made(entry, ops);
				return entry;
			},
		};
	};
	it("is forgotten when nobody used it for a turn, and stays for who did", () => {
		const { make, used } = createKept(100 * (ops + 1));
		const [often, once] = [make(), make()];
		for (let i = 0; i < 300; i++) {
			make();
			used(often);
		}
		expect(once.cold).toBeNull();
		expect(often.cold).not.toBeNull();
	});
	it("moves on with its users, so that the arrays of what is forgotten go", () => {
		const { make, used } = createKept(8000 * (ops + 1));
		const kept = Array.from({ length: 10 }, () => [make(), ...Array.from({ length: 300 }, make)][0]!);
		const before = new Set(kept.map(({ cold }) => cold!.program.code));
		for (let i = 0; i < 12_000; i++) {
			make();
			for (const entry of kept) used(entry);
		}
		const after = kept.map(({ cold }) => cold!.program.code);
		expect(before.size).toBeGreaterThan(5);
		expect(after.filter((code) => before.has(code))).toEqual([]);
		// in the arrays of the last two turns
		expect(new Set(after).size).toBeLessThan(4);
		kept.forEach(({ cold }, i) => {
			const { code, start } = cold!.program;
			expect([...code.subarray(start, start + 100)]).toEqual(words(i * 301, 100));
		});
	});
});
