/** Bytes of the guest's console in, a file descriptor's bytes out: gathered, and written when a line ends, the buffer is full or somebody asks. */
import { writeSync } from "node:fs";
import { HostError } from "../../../jit/base/errors.ts";
import { causeOf } from "./files.ts";

const bufferBytes = 16384;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps without turning the event loop: for a descriptor that is not ready and for nothing else. */
export function pause(millis: number): void {
	Atomics.wait(never, 0, 0, millis);
}

export interface Output {
	put(byte: number): void;
	/** Everything that was put has been written when this returns. Throws HostError when the reader has gone. */
	flush(): void;
}

/** `lines`: flush after each newline, for people who watch. */
export function createOutput(descriptor: number, name: string, o: { lines: boolean }): Output {
	const buffer = new Uint8Array(bufferBytes);
	let used = 0;
	const flush = (): void => {
		let at = 0;
		const end = used;
		used = 0;
		while (at < end) {
			try {
				at += writeSync(descriptor, buffer, at, end - at);
			} catch (error) {
				const { code } = error as NodeJS.ErrnoException;
				if (code === "EAGAIN") pause(1);
				else throw new HostError(code === "EPIPE" ? `${name}: whoever read it has closed it` : `${name}: ${causeOf(error)}`);
			}
		}
	};
	return {
		put(byte) {
			buffer[used++] = byte;
			if (used === bufferBytes || (byte === 10 && o.lines)) flush();
		},
		flush,
	};
}
