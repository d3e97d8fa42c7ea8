/** An image and a device tree in, their bytes in RAM out. */
import { ImageError } from "../../jit/base/errors.ts";
import { hex, size } from "../base/hex.ts";
import type { Image, Segment } from "../load/image.ts";
import type { GuestMemory } from "../memory/guest-memory.ts";

/** Throws `ImageError` when a segment or the entry lies outside RAM. `board`: its name, for the message. */
export function checkImage(image: Image, memory: GuestMemory, board: string): void {
	const { base, bytes } = memory.ram;
	const ram = `RAM ${hex(base)}-${hex(base + bytes)}; board "${board}" has ${size(bytes)}`;
	image.segments.forEach((segment, i) => {
		const { address, length } = inside(segment, base);
		if (memory.window(address, length)) return;
		const end = segment.address + segment.bytes - base;
		const larger =
			segment.address >= base && end <= 2 ** 31 - 2 ** 27
				? `, try -m ${Math.max(256, 2 ** Math.ceil(Math.log2(end / 2 ** 20)))}M`
				: `: link it for ${hex(base)}`;
		throw new ImageError(`${image.format}: segment ${i} at ${hex(segment.address)} (${segment.bytes} bytes) lies outside ${ram}${larger}`);
	});
	if (!memory.window(image.entry, 1)) throw new ImageError(`${image.format}: entry ${hex(image.entry)} lies outside ${ram}: link it for ${hex(base)}`);
}

/** A segment without what of its padding lies below RAM. */
function inside(segment: Segment, base: number): { address: number; skip: number; length: number } {
	const skip = Math.min(Math.max(base - segment.address, 0), segment.padding);
	return { address: segment.address + skip, skip, length: segment.bytes - skip };
}

/** Puts the segments into RAM, zeros behind their data. `checkImage` has passed. */
export function placeImage(image: Image, memory: GuestMemory): void {
	for (const segment of image.segments) {
		const { address, skip, length } = inside(segment, memory.ram.base);
		const window = memory.window(address, length)!;
		const data = segment.data.subarray(skip);
		window.set(data);
		window.fill(0, data.length);
	}
}

/** Like QEMU: as high in RAM as a multiple of 2 MiB allows, but clear of the image; -1 when there is no such place. */
export function placeForTree(image: Image, memory: GuestMemory, bytes: number): number {
	const { ram } = memory;
	for (const align of [2 ** 21, 2 ** 12]) {
		for (let at = Math.floor((ram.base + ram.bytes - bytes) / align) * align; at >= ram.base; at -= align) {
			if (image.segments.every((segment) => segment.address >= at + bytes || segment.address + segment.bytes <= at)) return at;
		}
	}
	return -1;
}
