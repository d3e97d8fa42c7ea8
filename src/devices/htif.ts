/** Host-target interface: two watched words in RAM (`tohost`, `fromhost`) in; exit, console and the simplest system calls out. */
import type { GuestConsole } from "../base/host.ts";
import type { Clock } from "../time/clock.ts";
import type { Finish } from "./kit/finish.ts";

export interface HtifOptions {
	/** Guest physical addresses of the two 64-bit words; `fromhost` -1 when there is none. */
	readonly tohost: number;
	readonly fromhost: number;
	/** RAM, little-endian, not through any translation; null outside RAM. */
	readonly window: (address: number, bytes: number) => Uint8Array | null;
	readonly write: (address: number, data: Uint8Array) => void;
	readonly console: GuestConsole;
	readonly finish: Finish;
	readonly clock: Clock;
}

export interface Htif {
	/** A store touched `bytes` at `address`. */
	stored(address: number, bytes: number): void;
}

/** A 32-bit guest writes two halves: the second one completes the word, or this many steps after the first. */
const patience = 100;
const Syscall = { write: 64, exit: 93 } as const;
const notImplemented = 38;
/** Bytes of one write system call. */
const maxWrite = 1 << 20;

export function createHtif(o: HtifOptions): Htif {
	const read = (address: number): { lo: number; hi: number } => {
		const bytes = o.window(address, 8);
		if (!bytes) return { lo: 0, hi: 0 };
		const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
		return { lo: view.getUint32(0, true), hi: view.getUint32(4, true) };
	};
	const put = (address: number, lo: number, hi: number): void => {
		const bytes = new Uint8Array(8);
		const view = new DataView(bytes.buffer);
		view.setUint32(0, lo, true);
		view.setUint32(4, hi, true);
		o.write(address, bytes);
	};
	/** The answer counts only while there is a place for it. */
	const answer = (lo: number, hi: number): void => {
		if (o.fromhost >= 0) put(o.fromhost, lo, hi);
	};
	const systemCall = (block: number): void => {
		const words = [0, 8, 16, 24].map((at) => read(block + at).lo);
		const [number, , address, length] = words as [number, number, number, number];
		let result = -notImplemented;
		if (number === Syscall.exit) {
			o.finish("exit", words[1]! & 0xff);
			return;
		}
		if (number === Syscall.write) {
			const count = Math.min(length, maxWrite);
			const data = o.window(address, count);
			if (data) for (const byte of data) o.console.put(byte);
			result = data ? count : -14;
		}
		put(block, result >>> 0, result < 0 ? 0xffffffff : 0);
		answer(1, 0);
	};
	let busy = false;
	const serve = (): void => {
		late.set(Number.POSITIVE_INFINITY);
		const { lo, hi } = read(o.tohost);
		if ((lo | hi) === 0) return;
		const device = hi >>> 24;
		const command = (hi >>> 16) & 255;
		if (device === 0 && command === 0 && (lo & 1) !== 0) {
			o.finish("exit", Math.floor(((hi & 0xffff) * 2 ** 32 + lo) / 2));
			return;
		}
		busy = true;
		put(o.tohost, 0, 0);
		if (device === 0 && command === 0) systemCall((hi & 0xffff) * 2 ** 32 + lo);
		else if (device === 1 && command === 1) {
			o.console.put(lo & 255);
			answer(0, 0x01010000);
		} else if (device === 1 && command === 0) {
			const byte = o.console.take();
			if (byte >= 0) answer(byte + 1, 0x01000000);
		}
		busy = false;
	};
	const late = o.clock.timers.timer(serve);
	return {
		stored(address, bytes) {
			if (busy) return;
			const whole = address <= o.tohost && address + bytes >= o.tohost + 8;
			const high = address <= o.tohost + 4 && address + bytes >= o.tohost + 8;
			if (whole || high) serve();
			else late.set(o.clock.steps() + patience);
		},
	};
}
