/** Regions by guest physical address in, the device behind an address out. */
import { SpecError } from "../../jit/base/errors.ts";
import { hex } from "../base/hex.ts";

/** What answers in a region of the bus. Offsets count from the region's start. Never throws: a device refuses by `accepts`. */
export interface BusDevice {
	readonly name: string;
	/** May `bytes` (1, 2 or 4) be accessed at `offset`? Asked before every access; otherwise nothing answers there. */
	accepts(offset: number, bytes: number): boolean;
	/** The value, unsigned 32-bit. */
	read(offset: number, bytes: number): number;
	/** `value` is unsigned, of `bytes` bytes. */
	write(offset: number, bytes: number, value: number): void;
}

export interface Region {
	readonly base: number;
	readonly bytes: number;
	readonly device: BusDevice;
}

/** One address space's devices; RAM is not among them. */
export interface Bus {
	readonly regions: readonly Region[];
	/** Throws `SpecError` when the region overlaps another. */
	add(base: number, bytes: number, device: BusDevice): void;
	/** The region that holds all of `bytes` at `address`, or null. */
	find(address: number, bytes: number): Region | null;
}

export function createBus(): Bus {
	const regions: Region[] = [];
	let last: Region | null = null;
	return {
		regions,
		add(base, bytes, device) {
			for (const other of regions) {
				if (base < other.base + other.bytes && other.base < base + bytes) {
					const problem = `device "${device.name}" at ${hex(base)} overlaps "${other.device.name}" at ${hex(other.base)}: give each region its own addresses`;
					throw new SpecError("board", 1, 1, "", problem);
				}
			}
			regions.push({ base, bytes, device });
			regions.sort((a, b) => a.base - b.base);
		},
		find(address, bytes) {
			if (last && address >= last.base && address + bytes <= last.base + last.bytes) return last;
			for (const region of regions) {
				if (address >= region.base && address + bytes <= region.base + region.bytes) {
					last = region;
					return region;
				}
			}
			return null;
		},
	};
}
