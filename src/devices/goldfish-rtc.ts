/** The Goldfish real-time clock (Android emulator's documents, "Goldfish Virtual Platform"): the virtual clock in, nanoseconds since 1970 and an alarm's wire out. */
import type { Line } from "../base/line.ts";
import type { Clock } from "../time/clock.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

const low = (value: bigint): number => Number(value & 0xffffffffn);
const high = (value: bigint): number => Number((value >> 32n) & 0xffffffffn);
const joined = (lo: number, hi: number): bigint => (BigInt(hi) << 32n) | BigInt(lo);

/** `epoch`: seconds since 1970 at power on; `timebase`: ticks a second of `clock`. */
export function createGoldfishRtc(o: { name: string; clock: Clock; timebase: number; epoch: number; irq: Line; trace?: Trace | undefined }): RegisterBlock {
	const { clock } = o;
	const nanosPerTick = BigInt(Math.round(1e9 / o.timebase));
	/** What the guest has set the clock forward, in nanoseconds. */
	let shift = 0n;
	/** The alarm has rung and nobody has taken the interrupt back. */
	let pending = false;
	const elapsed = (): bigint => BigInt(clock.ticks()) * nanosPerTick;
	const now = (): bigint => BigInt.asUintN(64, BigInt(o.epoch) * 1_000_000_000n + elapsed() + shift);
	const drive = (): void => o.irq.set(pending && block.get("IRQ_ENABLED") === 1);
	const alarm = clock.timers.timer(() => ring());
	const ring = (): void => {
		block.set("ALARM_STATUS", 0);
		pending = true;
		drive();
	};
	/** An alarm that is over rings at once. */
	const arm = (): void => {
		const ahead = joined(block.get("ALARM_LOW"), block.get("ALARM_HIGH")) - now();
		if (ahead <= 0n) {
			alarm.set(Number.POSITIVE_INFINITY);
			ring();
			return;
		}
		block.set("ALARM_STATUS", 1);
		const ticks = clock.ticks() + Number((ahead + nanosPerTick - 1n) / nanosPerTick);
		alarm.set(ticks < 2 ** 53 / clock.stepsPerTick ? clock.stepOf(ticks) : Number.POSITIVE_INFINITY);
	};
	const setTime = (value: bigint): void => {
		shift += value - now();
	};

	const block = createRegisterBlock({
		name: o.name,
		narrowest: 4,
		widest: 4,
		trace: o.trace,
		registers: [
			{
				name: "TIME_LOW",
				offset: 0,
				bytes: 4,
				access: "rw",
				doc: "nanoseconds since 1970, low half; reading it keeps the high half for TIME_HIGH",
				read() {
					const value = now();
					block.set("TIME_HIGH", high(value));
					return low(value);
				},
				written: (value) => setTime(joined(value, high(now()))),
			},
			{
				name: "TIME_HIGH",
				offset: 4,
				bytes: 4,
				access: "rw",
				doc: "high half, as it was when TIME_LOW was read",
				written: (value) => setTime(joined(low(now()), value)),
			},
			{ name: "ALARM_LOW", offset: 8, bytes: 4, access: "rw", doc: "when to ring, low half; writing it sets the alarm", written: arm },
			{ name: "ALARM_HIGH", offset: 12, bytes: 4, access: "rw", doc: "when to ring, high half" },
			{ name: "IRQ_ENABLED", offset: 16, bytes: 4, access: "rw", writable: 1, doc: "bit 0: the alarm interrupts", written: () => drive() },
			{
				name: "CLEAR_ALARM",
				offset: 20,
				bytes: 4,
				access: "w",
				doc: "any value: the alarm is taken back",
				written() {
					alarm.set(Number.POSITIVE_INFINITY);
					block.set("ALARM_STATUS", 0);
				},
			},
			{ name: "ALARM_STATUS", offset: 24, bytes: 4, access: "r", doc: "1: an alarm is set" },
			{
				name: "CLEAR_INTERRUPT",
				offset: 28,
				bytes: 4,
				access: "w",
				doc: "any value: the interrupt is taken back",
				written() {
					pending = false;
					drive();
				},
			},
		],
	});
	return {
		...block,
		reset() {
			block.reset();
			shift = 0n;
			pending = false;
			alarm.set(Number.POSITIVE_INFINITY);
			o.irq.set(false);
		},
		kept: () => [...block.kept(), Number(pending), low(now()), high(now())],
	};
}
