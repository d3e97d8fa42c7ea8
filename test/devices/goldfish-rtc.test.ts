import { describe, expect, it } from "vitest";
import { createLine } from "../../src/base/line.ts";
import { createGoldfishRtc } from "../../src/devices/goldfish-rtc.ts";
import { testClock } from "./parts.ts";

const at = { timeLow: 0, timeHigh: 4, alarmLow: 8, alarmHigh: 12, enable: 16, clearAlarm: 20, status: 24, clearInterrupt: 28 };
const second = 10_000_000;

function rtc(epoch = 1_000_000_000) {
	const irq = createLine();
	const time = testClock(1);
	const device = createGoldfishRtc({ name: "rtc", clock: time.clock, timebase: second, epoch, irq });
	const read = (offset: number) => device.read(offset, 4);
	const write = (offset: number, value: number) => device.write(offset, 4, value);
	/** Nanoseconds; the low half first, as drivers read it. */
	const now = () => BigInt(read(at.timeLow)) + (BigInt(read(at.timeHigh)) << 32n);
	const alarm = (nanos: bigint) => {
		write(at.alarmHigh, Number(nanos >> 32n));
		write(at.alarmLow, Number(nanos & 0xffffffffn));
	};
	return { ...time, device, irq, read, write, now, alarm };
}

describe("Goldfish RTC", () => {
	it("shows nanoseconds since 1970: the epoch it was given, and the virtual clock", () => {
		const { now, pass } = rtc();
		expect(now()).toBe(1_000_000_000_000_000_000n);
		pass(3 * second + 7);
		expect(now()).toBe(1_000_000_003_000_000_700n);
	});
	it("keeps the high half as it was when the low one was read", () => {
		const { read, pass } = rtc(0);
		pass(42_949_672); // just below 2^32 ns
		const low = read(at.timeLow);
		pass(second);
		expect([low, read(at.timeHigh)]).toEqual([4_294_967_200, 0]);
		expect([read(at.timeLow), read(at.timeHigh)]).toEqual([999_999_904, 1]);
	});
	it("goes on from a time that the guest sets", () => {
		const { write, now, pass } = rtc();
		write(at.timeHigh, 5);
		write(at.timeLow, 100);
		pass(1);
		expect(now()).toBe((5n << 32n) + 200n);
	});
	it("rings at the alarm, and interrupts when that is enabled, until the guest takes it back", () => {
		const { alarm, now, pass, irq, read, write } = rtc();
		write(at.enable, 1);
		alarm(now() + 500n);
		expect([irq.level, read(at.status)]).toEqual([false, 1]);
		pass(4);
		expect(irq.level).toBe(false);
		pass(1);
		expect([irq.level, read(at.status)]).toEqual([true, 0]);
		write(at.enable, 0);
		expect(irq.level).toBe(false);
		write(at.enable, 1);
		expect(irq.level).toBe(true);
		write(at.clearInterrupt, 1);
		expect(irq.level).toBe(false);
	});
	it("rings at once for a time that is over, and never after the alarm was taken back", () => {
		const { alarm, now, pass, irq, write } = rtc();
		write(at.enable, 1);
		alarm(now() - 1n);
		expect(irq.level).toBe(true);
		write(at.clearInterrupt, 0);
		alarm(now() + 100n);
		write(at.clearAlarm, 0);
		pass(second);
		expect(irq.level).toBe(false);
	});
	it("forgets the guest's time and alarm at a reset", () => {
		const { alarm, now, pass, irq, write, device } = rtc();
		write(at.timeHigh, 1);
		write(at.enable, 1);
		alarm(now() + 1000n);
		device.reset();
		expect(now()).toBe(1_000_000_000_000_000_000n);
		pass(second);
		expect(irq.level).toBe(false);
	});
	it("answers whole words only", () => expect([1, 2, 4].map((bytes) => rtc().device.accepts(0, bytes))).toEqual([false, false, true]));
});
