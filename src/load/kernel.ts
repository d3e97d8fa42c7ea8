/** A kernel's file in, what it is packed in out; and Linux's Image (its Documentation/arch/riscv/boot-image-header) as an image of ours. */
import { ImageError } from "../../jit/base/errors.ts";
import { hex } from "../base/hex.ts";
import type { Image } from "./image.ts";
import { loadRaw } from "./raw.ts";

/** A compressed file inside a file. */
export interface Packing {
	readonly kind: "gzip";
	readonly data: Uint8Array;
}

const textAt = (file: Uint8Array, at: number, length: number): string => String.fromCharCode(...file.subarray(at, at + length));
const u32 = (file: Uint8Array, at: number): number => (file[at]! | (file[at + 1]! << 8) | (file[at + 2]! << 16) | (file[at + 3]! << 24)) >>> 0;

/**
 * What a kernel is packed in: gzip, or Linux's EFI zboot, an EFI program around a compressed kernel (its drivers/firmware/efi/libstub/zboot-header.S).
 * Null: it is not packed. Throws `ImageError` for a compression that we do not know.
 */
export function packingOf(file: Uint8Array): Packing | null {
	if (file[0] === 0x1f && file[1] === 0x8b) return { kind: "gzip", data: file };
	if (file.length < 64 || textAt(file, 0, 2) !== "MZ" || textAt(file, 4, 4) !== "zimg") return null;
	const [offset, length] = [u32(file, 8), u32(file, 12)];
	const kind = textAt(file, 24, 32).replace(/\0.*/s, "");
	if (offset + length > file.length)
		throw new ImageError(`EFI zboot: the kernel at byte ${offset} (${length} bytes) does not fit into ${file.length} bytes: the file is cut short`);
	if (kind !== "gzip")
		throw new ImageError(`EFI zboot: the kernel at byte ${offset} is packed with ${JSON.stringify(kind)}, only gzip is known: unpack it first`);
	return { kind, data: file.subarray(offset, offset + length) };
}

/** Does the file begin with the header of an Image for one of our processors? */
export function isLinuxImage(file: Uint8Array): boolean {
	return file.length >= 64 && textAt(file, 0x38, 4) === "RSC\x05";
}

/** `address`: where it goes. Throws `ImageError`. */
export function loadLinuxImage(file: Uint8Array, address: number): Image {
	if ((u32(file, 0x18) & 1) !== 0) throw new ImageError("Linux Image: its flags at byte 24 say big-endian: our processors are little-endian");
	const loaded = loadRaw(file, address);
	// what the kernel needs beyond its file: its zeros and early tables
	const bytes = Math.max(u32(file, 0x10) + u32(file, 0x14) * 2 ** 32, file.length);
	if (bytes > 2 ** 32) throw new ImageError(`Linux Image: its size at byte 16 is ${hex(bytes)}: more than any board has`);
	return { ...loaded, segments: loaded.segments.map((segment) => ({ ...segment, bytes })) };
}
