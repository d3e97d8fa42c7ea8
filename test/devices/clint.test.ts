import { describe, expect, it } from "vitest";
import { createLine } from "../../src/base/line.ts";
import { createClint } from "../../src/devices/clint.ts";
import { testClock } from "./parts.ts";

function clint(processors = 1, stepsPerTick = 1) {
	const lines = () => Array.from({ length: processors }, () => createLine());
	const [software, timer] = [lines(), lines()] as const;
	const time = testClock(stepsPerTick);
	const device = createClint({ name: "clint", clock: time.clock, software, timer });
	const compare = (lo: number, hi: number, cpu = 0) => {
		device.write(0x4000 + 8 * cpu, 4, lo);
		device.write(0x4004 + 8 * cpu, 4, hi);
	};
	return { ...time, device, software, timer, compare };
}

describe("CLINT", () => {
	it("raises a software interrupt by bit 0 of MSIP, one for each processor", () => {
		const { device, software } = clint(2);
		device.write(4, 4, 0xffffffff);
		expect([software[0]!.level, software[1]!.level, device.read(4, 4)]).toEqual([false, true, 1]);
		device.write(4, 4, 0);
		expect(software[1]!.level).toBe(false);
	});
	it("raises no timer interrupt before a deadline is set", () => {
		const { timer, pass } = clint();
		pass(1e9);
		expect(timer[0]!.level).toBe(false);
	});
	it("raises the timer interrupt exactly at the deadline, and takes it back for a later one", () => {
		const { clock, timer, pass, compare } = clint();
		compare(100, 0);
		expect(clock.timers.next()).toBe(100);
		pass(99);
		expect(timer[0]!.level).toBe(false);
		pass(1);
		expect(timer[0]!.level).toBe(true);
		compare(200, 0);
		expect(timer[0]!.level).toBe(false);
		pass(100);
		expect(timer[0]!.level).toBe(true);
	});
	it("counts ticks, not steps", () => {
		const { device, clock, pass, compare } = clint(1, 10);
		compare(7, 0);
		expect(clock.timers.next()).toBe(70);
		pass(69);
		expect(device.read(0xbff8, 4)).toBe(6);
		pass(1);
		expect(device.read(0xbff8, 4)).toBe(7);
	});
	it("is due at once when the deadline is over", () => {
		const { timer, pass, compare } = clint();
		pass(1000);
		compare(999, 0);
		expect(timer[0]!.level).toBe(true);
	});
	it("never fires for the largest deadline", () => {
		const { clock, compare } = clint();
		compare(0xffffffff, 0xffffffff);
		expect(clock.timers.next()).toBe(Number.POSITIVE_INFINITY);
	});
	it("carries MTIME into its high half", () => {
		const { device, pass } = clint();
		device.write(0xbffc, 4, 5);
		device.write(0xbff8, 4, 0xfffffffe);
		pass(3);
		expect([device.read(0xbff8, 4), device.read(0xbffc, 4), device.time()]).toEqual([1, 6, 6 * 2 ** 32 + 1]);
	});
	it("moves deadlines with MTIME when that is written", () => {
		const { device, timer, pass, compare } = clint();
		compare(1000, 0);
		device.write(0xbff8, 4, 990);
		pass(9);
		expect(timer[0]!.level).toBe(false);
		pass(1);
		expect(timer[0]!.level).toBe(true);
		device.write(0xbff8, 4, 0);
		expect(timer[0]!.level).toBe(false);
	});
	it("answers 4-byte accesses only", () => {
		const { device } = clint();
		expect([1, 2, 4].map((bytes) => device.accepts(0, bytes))).toEqual([false, false, true]);
	});
	it("is as new after a reset", () => {
		const { device, software, timer, pass, compare } = clint();
		pass(50);
		device.write(0, 4, 1);
		compare(10, 0);
		device.reset();
		expect([software[0]!.level, timer[0]!.level, device.time(), device.read(0x4000, 4)]).toEqual([false, false, 0, 0xffffffff]);
	});
});
