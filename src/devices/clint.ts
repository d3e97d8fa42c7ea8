/** Core-local interruptor in the layout of SiFive's CLINT: the clock in; software and timer interrupt wires of every processor out. */

import type { Line } from "../base/line.ts";
import type { Clock } from "../time/clock.ts";
import { createRegisterBlock, type RegisterBlock, type Trace } from "./kit/registers.ts";

/** The high half of MTIME keeps these bits, so that time stays an exact number (2^53 ticks of 10 MHz are 28 years). */
const highBits = 0x1fffff;

export interface Clint extends RegisterBlock {
	/** MTIME now, in ticks. */
	time(): number;
	/** The clock's step at which MTIME will be `ticks`, if nobody sets it. */
	stepOf(ticks: number): number;
}

export interface ClintOptions {
	readonly name: string;
	readonly clock: Clock;
	/** One of each for every processor. */
	readonly software: readonly Line[];
	readonly timer: readonly Line[];
	/** MTIME was set to another time. */
	readonly timeSet?: (() => void) | undefined;
	readonly trace?: Trace | undefined;
}

export function createClint(o: ClintOptions): Clint {
	const { clock } = o;
	const count = o.timer.length;
	/** MTIME - the clock's ticks */
	let shift = 0;
	const time = (): number => {
		const now = clock.ticks() + shift;
		return now >= 0 ? now % 2 ** 53 : now + 2 ** 53;
	};
	const stepOf = (ticks: number): number => clock.stepOf(ticks - shift);
	const deadline = (cpu: number): number => block.get("MTIMECMP_HI", cpu) * 2 ** 32 + block.get("MTIMECMP_LO", cpu);
	const update = (cpu: number): void => {
		const at = deadline(cpu);
		const due = time() >= at;
		timers[cpu]!.set(due || at >= 2 ** 53 ? Number.POSITIVE_INFINITY : stepOf(at));
		o.timer[cpu]!.set(due);
	};
	const timers = o.timer.map((_, cpu) => clock.timers.timer(() => update(cpu)));
	const setTime = (low: number, high: number): void => {
		shift = (high & highBits) * 2 ** 32 + low - clock.ticks();
		for (let cpu = 0; cpu < count; cpu++) update(cpu);
		o.timeSet?.();
	};
	const highOf = (value: number): number => Math.floor(value / 2 ** 32);
	const lowOf = (value: number): number => value % 2 ** 32;

	const block = createRegisterBlock({
		name: o.name,
		narrowest: 4,
		widest: 4,
		trace: o.trace,
		registers: [
			{
				name: "MSIP",
				offset: 0,
				bytes: 4,
				access: "rw",
				count,
				writable: 1,
				doc: "software interrupt of a processor: bit 0",
				written: (value, cpu) => o.software[cpu]!.set((value & 1) !== 0),
			},
			{
				name: "MTIMECMP_LO",
				offset: 0x4000,
				bytes: 4,
				access: "rw",
				count,
				stride: 8,
				reset: 0xffffffff,
				doc: "deadline, low half",
				written: (_, cpu) => update(cpu),
			},
			{
				name: "MTIMECMP_HI",
				offset: 0x4004,
				bytes: 4,
				access: "rw",
				count,
				stride: 8,
				reset: 0xffffffff,
				doc: "deadline, high half",
				written: (_, cpu) => update(cpu),
			},
			{
				name: "MTIME_LO",
				offset: 0xbff8,
				bytes: 4,
				access: "rw",
				doc: "ticks of the time base, low half",
				read: () => lowOf(time()),
				written: (value) => setTime(value, highOf(time())),
			},
			{
				name: "MTIME_HI",
				offset: 0xbffc,
				bytes: 4,
				access: "rw",
				doc: "ticks of the time base, high half",
				read: () => highOf(time()),
				written: (value) => setTime(lowOf(time()), value),
			},
		],
	});
	return {
		...block,
		time,
		stepOf,
		reset() {
			block.reset();
			shift = -clock.ticks();
			for (let cpu = 0; cpu < count; cpu++) {
				update(cpu);
				o.software[cpu]!.set(false);
			}
			o.timeSet?.();
		},
		kept: () => [...block.kept(), time()],
	};
}
