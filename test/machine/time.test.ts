import { describe, expect, it } from "vitest";
import { createHash } from "../../src/base/hash.ts";
import { createRandom } from "../../src/base/random.ts";
import { createClock } from "../../src/time/clock.ts";
import { createTimerQueue } from "../../src/time/timer-queue.ts";

describe("a timer queue", () => {
	it("fires what is due in the order of the deadlines, then in the order they were set, each once", () => {
		const queue = createTimerQueue();
		const fired: string[] = [];
		const timers = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, queue.timer(() => fired.push(name))]));
		for (const [name, at] of [
			["a", 20],
			["b", 10],
			["c", 30],
			["d", 10],
		] as const)
			timers[name]!.set(at);
		expect(queue.next()).toBe(10);
		queue.fire(25);
		expect([fired.join(""), queue.next()]).toEqual(["bda", 30]);
		timers.c!.set(Number.POSITIVE_INFINITY);
		queue.fire(1000);
		expect([fired.join(""), queue.next()]).toEqual(["bda", Number.POSITIVE_INFINITY]);
	});
	it("S7: a timer that sets itself for now again does not keep the host for ever", () => {
		const queue = createTimerQueue();
		let count = 0;
		const timer = queue.timer(() => {
			count++;
			timer.set(5);
		});
		timer.set(5);
		queue.fire(5, 100);
		expect(count).toBe(100);
	});
	it("says when a deadline was set", () => {
		let changes = 0;
		const timer = createTimerQueue(() => changes++).timer(() => {});
		timer.set(3);
		timer.set(4);
		expect([changes, timer.at]).toEqual([2, 4]);
	});
});

describe("the clock", () => {
	it("counts steps, those of a run that is going on too, and whole ticks of them", () => {
		let ahead = 0;
		const clock = createClock({ stepsPerTick: 10, ahead: () => ahead });
		clock.advance(95);
		expect([clock.steps(), clock.ticks(), clock.stepOf(10)]).toEqual([95, 9, 100]);
		ahead = 5;
		expect([clock.steps(), clock.ticks()]).toEqual([100, 10]);
	});
	it("never goes back", () => {
		const clock = createClock();
		clock.skipTo(100);
		clock.skipTo(50);
		expect(clock.steps()).toBe(100);
	});
});

describe("fingerprints and random numbers", () => {
	it("of equal bytes are equal, wherever they lie; of others they differ, by length, by order and by any bit", () => {
		const digest = (...parts: Uint8Array[]) => {
			const hash = createHash();
			for (const part of parts) hash.add(part);
			return hash.digest();
		};
		const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * 7);
		const shifted = new Uint8Array(101);
		shifted.set(bytes, 1);
		expect(digest(shifted.subarray(1))).toBe(digest(bytes));
		const others = [
			digest(bytes),
			digest(bytes.subarray(0, 99)),
			digest(new Uint8Array(0)),
			digest(new Uint8Array(1)),
			digest(bytes, bytes.subarray(0, 1)),
			digest(bytes.subarray(0, 1), bytes),
		];
		for (let bit = 0; bit < 800; bit++) {
			const changed = bytes.slice();
			changed[bit >> 3]! ^= 1 << (bit & 7);
			others.push(digest(changed));
		}
		expect(new Set(others).size).toBe(others.length);
	});
	it("of a seed are always the same, and reach all of their range", () => {
		const [a, b, c] = [createRandom(5), createRandom(5), createRandom(6)];
		const take = (random: typeof a) => Array.from({ length: 20 }, () => random.next());
		const first = take(a);
		expect(take(b)).toEqual(first);
		expect(take(c)).not.toEqual(first);
		const seen = new Set(Array.from({ length: 500 }, () => a.below(10)));
		expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});
});
