/** State layout: the cells of an ISA in, their byte offsets in the memory that all engines share out. */

/** A register as the engines see it. `width` in bits, at most 64. */
export interface Cell {
	readonly name: string;
	readonly width: number;
	readonly kind: "general" | "system" | "context" | "hidden";
}

/** Byte offsets from the start of a processor's state of what is not a guest register. All are 32-bit words; `Lo`/`Hi` are halves. */
export const Header = {
	/** Instructions that may still be retired before `Status.budget`. Unsigned below 2^31. */
	budget: 0,
	/** What the last `MemoryPort` call came to: a `Status`; 0 when it succeeded. */
	status: 4,
	/** High half of the value of the last `MemoryPort.load`. */
	high: 8,
	/** Of the last fault: access (0 fetch, 1 load, 2 store) | kind << 8. */
	access: 12,
	addressLo: 16,
	addressHi: 20,
	/** Of the last `Status.trap`. */
	causeLo: 24,
	causeHi: 28,
	valueLo: 32,
	valueHi: 36,
	/** Flags that the last floating-point operation outside translated code raised; the high half of its value is in `high`. */
	flags: 40,
	/** Byte offset of the processor's look-up table in force (lookup.ts); only regions that are not plain read it. */
	table: 44,
	/** Number of what decides, beside its address, which translated code may run: context and translation of addresses. The dispatcher sets it before it enters code. */
	mode: 48,
	/** Low half of the address behind the indirect jump, no call, by which JavaScript code left last; whoever reads it sets it to 0. */
	from: 52,
	/**
	 * Not 0 while the port is called by code that goes on to store to pages which it has looked up before: should stores to one of them have to be seen from now on, the access is
	 * refused with `Status.assist`. The port sets it to 0.
	 */
	held: 56,
} as const;

/** First byte of the registers; below it is the header. */
const headerBytes = 64;
/** A processor's state takes a whole number of these. */
const stateAlign = 64;

/** Where each cell lies. Every cell takes 8 bytes, little-endian; bits above its width are 0. `offsets[cell]` is in bytes from the state's start. */
export interface StateLayout {
	readonly offsets: readonly number[];
	readonly bytes: number;
}

/** Lays the cells out in order. */
export function layOut(cells: readonly Cell[]): StateLayout {
	const offsets = cells.map((_, i) => headerBytes + 8 * i);
	const end = headerBytes + 8 * cells.length;
	return { offsets, bytes: Math.ceil(end / stateAlign) * stateAlign };
}
