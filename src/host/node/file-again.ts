/** Segments that are windows of a large file in, such out as are read from the file again when their bytes are asked for again. */
import { statSync } from "node:fs";
import { HostError } from "../../../jit/base/errors.ts";
import type { Segment } from "../../load/image.ts";
import { causeOf, largeBytes, readBytes } from "./files.ts";

/** What tells whether a file is still the one it was. */
function markOf(path: string): string {
	try {
		const { size, mtimeMs, ino } = statSync(path);
		return `${size} ${mtimeMs} ${ino}`;
	} catch (error) {
		throw new HostError(`${path}: ${causeOf(error)}: the guest was reset, and needs the file that it was started with`);
	}
}

/**
 * A machine keeps its image for a reset, which most guests never ask for: the bytes of a kernel lie in RAM then, and once more in the image. Whoever asks for
 * `Segment.data` first gets the bytes that are there and should let go of them; after that each one reads anew. @throws HostError then, when the file has changed.
 */
export function readAgain(segments: readonly Segment[], path: string, file: Uint8Array): readonly Segment[] {
	if (path === "-" || file.length < largeBytes) return segments;
	const mark = markOf(path);
	return segments.map((segment) => (segment.data.buffer === file.buffer ? again(segment, path, mark) : segment));
}

function again({ address, bytes, padding, data }: Segment, path: string, mark: string): Segment {
	const { byteOffset, length } = data;
	let held: Uint8Array | null = data;
	return {
		...{ address, bytes, padding },
		get data() {
			const now = held ?? read();
			held = null;
			return now;
		},
	};
	function read(): Uint8Array {
		if (markOf(path) !== mark) throw new HostError(`${path}: has changed since the guest was started: it cannot be loaded again for its reset: start anew`);
		return readBytes(path).subarray(byteOffset, byteOffset + length);
	}
}
