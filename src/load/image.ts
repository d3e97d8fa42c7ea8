/** Image: what every loader makes of a file: bytes and where they go, the entry, symbols, and what the file says about its processor. */
import { ImageError } from "../../jit/base/errors.ts";
import { hex } from "../base/hex.ts";

/** `data` at `address`, zeros up to `bytes`. `data` is a window of the file, not a copy; it may be read from the file anew whenever somebody asks: ask once. */
export interface Segment {
	/** Guest physical. */
	readonly address: number;
	readonly data: Uint8Array;
	readonly bytes: number;
	/** So many bytes at the start are only the file's own headers and padding, which linkers map along: they may lie outside RAM. */
	readonly padding: number;
}

export interface ImageSymbol {
	readonly name: string;
	/** Of 64 bits the signed reading, as jit's addresses have it. */
	readonly value: number;
	readonly bytes: number;
	readonly kind: "function" | "object" | "other";
}

/** Symbols stay in the file and are read when asked for. Names are whatever the file says: never part of code or of a path. */
export interface ImageSymbols {
	readonly count: number;
	/** `i` from 0 to count - 1; names longer than 4096 bytes are cut. */
	at(i: number): ImageSymbol;
	find(name: string): ImageSymbol | null;
}
/** Symbols that are known already. */
export function listSymbols(list: readonly ImageSymbol[]): ImageSymbols {
	return {
		count: list.length,
		at(i) {
			const symbol = list[i];
			if (!symbol) throw new RangeError(`there are ${list.length} symbols, none is number ${i}`);
			return symbol;
		},
		find: (name) => list.find((symbol) => symbol.name === name) ?? null,
	};
}
export const noSymbols = listSymbols([]);

/** What an ELF header says of the processor it is for. */
export interface ImageHints {
	/** e_machine */
	readonly machine: number;
	readonly bits: 32 | 64;
	readonly endian: "little" | "big";
	/** e_flags */
	readonly flags: number;
}

export interface Image {
	readonly format: "ELF" | "Intel hex" | "raw";
	/** Guest physical. */
	readonly entry: number;
	/** By address; they do not overlap. */
	readonly segments: readonly Segment[];
	readonly symbols: ImageSymbols;
	readonly hints: ImageHints | null;
}

/** More pieces than this are refused, so that bookkeeping never outgrows the file. */
export const maxSegments = 256;

/** Sorts by address; throws `ImageError` when two overlap or one wraps around the address space. */
export function orderSegments(format: string, segments: Segment[], addressBits: 32 | 64): Segment[] {
	const limit = addressBits === 32 ? 2 ** 32 : 2 ** 53;
	segments.sort((a, b) => a.address - b.address);
	segments.forEach((segment, i) => {
		const end = segment.address + segment.bytes;
		if (end > limit)
			throw new ImageError(`${format}: segment at ${hex(segment.address)} (${segment.bytes} bytes) wraps around the ${addressBits}-bit address space`);
		const next = segments[i + 1];
		if (next && end > next.address) {
			throw new ImageError(
				`${format}: segment at ${hex(segment.address)} (${segment.bytes} bytes) overlaps the one at ${hex(next.address)}: the file is damaged or was linked wrongly`,
			);
		}
	});
	return segments;
}

/** The same image with more in RAM, such as a kernel's first file system. Throws `ImageError` when they overlap. */
export function addSegments(image: Image, what: string, segments: readonly Segment[]): Image {
	return { ...image, segments: orderSegments(`${image.format} with ${what}`, [...image.segments, ...segments], 64) };
}

/** Firmware and its payload as one image that starts in the firmware; a symbol is the payload's if both have it. Throws `ImageError` when they overlap. */
export function joinImages(firmware: Image, payload: Image): Image {
	const bits = payload.hints?.bits ?? firmware.hints?.bits ?? 64;
	const [first, second] = [payload.symbols, firmware.symbols];
	return {
		format: payload.format,
		entry: firmware.entry,
		segments: orderSegments(`${payload.format} with firmware`, [...firmware.segments, ...payload.segments], bits),
		symbols: {
			count: first.count + second.count,
			at: (i) => (i < first.count ? first.at(i) : second.at(i - first.count)),
			find: (name) => first.find(name) ?? second.find(name),
		},
		hints: payload.hints ?? firmware.hints,
	};
}
