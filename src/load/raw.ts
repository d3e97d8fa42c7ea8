/** Bytes and an address in, an image out that puts them there and starts at the first one. */
import { ImageError } from "../../jit/base/errors.ts";
import { type Image, noSymbols, orderSegments } from "./image.ts";

export function loadRaw(file: Uint8Array, address: number): Image {
	if (file.length === 0) throw new ImageError("raw: the file is empty: there is nothing to load");
	const segments = orderSegments("raw", [{ address, data: file, bytes: file.length, padding: 0 }], 64);
	return { format: "raw", entry: address, segments, symbols: noSymbols, hints: null };
}
