/** A file of any known format in, an image out. */
import { ImageError } from "../../jit/base/errors.ts";
import { loadElf } from "./elf.ts";
import { loadHex } from "./hex.ts";
import type { Image } from "./image.ts";
import { loadRaw } from "./raw.ts";

/**
 * Finds the format from the first bytes. A file of no known format is raw and needs `rawAddress`; without one it is refused.
 * Throws `ImageError`. The image refers to `file`: do not change it while the image is in use.
 */
export function loadImage(file: Uint8Array, o: { rawAddress?: number | undefined } = {}): Image {
	if (file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46) return loadElf(file);
	if (o.rawAddress !== undefined) return loadRaw(file, o.rawAddress);
	if (file[0] === 0x3a) return loadHex(file);
	if (file.length === 0) throw new ImageError("image: the file is empty: there is nothing to load");
	if (file.length < 4)
		throw new ImageError(
			`image: the file has ${file.length} ${file.length === 1 ? "byte" : "bytes"}: too short for ELF or Intel hex; give a board (-M) to load it raw`,
		);
	throw new ImageError("image: byte 0 starts neither ELF nor Intel hex: give a board (-M) to load it raw");
}
