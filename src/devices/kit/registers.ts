/** Declared registers in, a bus device out: reads, writes, resets and trace names follow from one table. */
import type { BusDevice } from "../../memory/bus.ts";

/** One register, or `count` of them `stride` bytes apart. */
export interface RegisterSpec {
	/** As the data sheet calls it. */
	readonly name: string;
	readonly offset: number;
	readonly bytes: 1 | 2 | 4;
	readonly access: "rw" | "r" | "w";
	/** What it is, in one line. */
	readonly doc: string;
	readonly reset?: number;
	/** Bits that a write changes; all when left out. */
	readonly writable?: number;
	readonly count?: number;
	readonly stride?: number;
	/** Registers that share an offset take turns: this one answers when `when()`. */
	readonly when?: () => boolean;
	/** What a read gives, from what is kept; may have side effects. */
	readonly read?: (kept: number, index: number) => number;
	/** After a write has been kept. `value` is what was written, before `writable`. */
	readonly written?: (value: number, index: number) => void;
}

export interface RegisterBlock extends BusDevice {
	readonly registers: readonly RegisterSpec[];
	/** What is kept of a register. */
	get(name: string, index?: number): number;
	set(name: string, value: number, index?: number): void;
	reset(): void;
	/** Everything kept, in the order of the table. */
	kept(): number[];
}

/** Told of every access: the register's name (with `[i]` when there are several), or `+0x..` where there is none. */
export type Trace = (device: string, register: string, write: boolean, value: number) => void;

/**
 * `narrowest`..`widest`: bytes of the accesses that are answered. One wider than a register sees that register zero-extended; a narrower one sees a part
 * of it. An offset without a register reads 0 and ignores writes.
 */
export function createRegisterBlock(o: {
	readonly name: string;
	readonly narrowest: number;
	readonly widest: number;
	readonly registers: readonly RegisterSpec[];
	readonly trace?: Trace | undefined;
}): RegisterBlock {
	const kept = o.registers.map((spec) => new Uint32Array(spec.count ?? 1));
	const numbers = new Map(o.registers.map((spec, i) => [spec.name, i]));
	/** byte offset -> numbers of the registers there */
	const byOffset = new Map<number, number[]>();
	o.registers.forEach((spec, i) => {
		for (let k = 0; k < (spec.count ?? 1); k++) {
			for (let b = 0; b < spec.bytes; b++) {
				const at = spec.offset + k * (spec.stride ?? spec.bytes) + b;
				byOffset.set(at, [...(byOffset.get(at) ?? []), i]);
			}
		}
	});
	const maskOf = (bytes: number): number => (bytes === 4 ? 0xffffffff : 2 ** (8 * bytes) - 1);
	const reset = (): void => {
		for (const [i, spec] of o.registers.entries()) kept[i]!.fill(spec.reset ?? 0);
	};
	const find = (offset: number, write: boolean): number => {
		for (const i of byOffset.get(offset) ?? []) {
			const spec = o.registers[i]!;
			if (spec.access !== (write ? "r" : "w") && (spec.when?.() ?? true)) return i;
		}
		return -1;
	};
	const named = (name: string): Uint32Array => kept[numbers.get(name)!]!;
	const report = (spec: RegisterSpec | undefined, offset: number, index: number, write: boolean, value: number): void => {
		if (!o.trace) return;
		const name = spec ? spec.name + (spec.count ? `[${index}]` : "") : `+0x${offset.toString(16)}`;
		o.trace(o.name, name, write, value);
	};
	reset();
	return {
		name: o.name,
		registers: o.registers,
		accepts: (_offset, bytes) => bytes >= o.narrowest && bytes <= o.widest,
		read(offset, bytes) {
			const i = find(offset, false);
			const spec = o.registers[i];
			let value = 0;
			let index = 0;
			if (spec) {
				const inside = offset - spec.offset;
				const stride = spec.stride ?? spec.bytes;
				index = Math.floor(inside / stride);
				const whole = spec.read ? spec.read(kept[i]![index]!, index) : kept[i]![index]!;
				value = (((whole & maskOf(spec.bytes)) >>> (8 * (inside % stride))) & maskOf(bytes)) >>> 0;
			}
			report(spec, offset, index, false, value);
			return value;
		},
		write(offset, bytes, value) {
			const i = find(offset, true);
			const spec = o.registers[i];
			if (!spec) return report(undefined, offset, 0, true, value);
			const inside = offset - spec.offset;
			const stride = spec.stride ?? spec.bytes;
			const index = Math.floor(inside / stride);
			const shift = 8 * (inside % stride);
			const old = kept[i]![index]!;
			const part = (maskOf(bytes) << shift) & maskOf(spec.bytes);
			const whole = ((old & ~part) | ((value << shift) & part)) >>> 0;
			const writable = spec.writable ?? 0xffffffff;
			kept[i]![index] = (old & ~writable) | (whole & writable);
			report(spec, offset, index, true, whole);
			spec.written?.(whole, index);
		},
		get: (name, index = 0) => named(name)[index]!,
		set(name, value, index = 0) {
			named(name)[index] = value;
		},
		reset,
		kept: () => kept.flatMap((values) => [...values]),
	};
}
