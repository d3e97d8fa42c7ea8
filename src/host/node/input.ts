/** Standard input in, bytes out: what is there now, or waiting for some. Never through a stream, so that a guest's blocking read can be answered inside one call. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { HostError } from "../../../jit/base/errors.ts";
import { causeOf } from "./files.ts";
import { pause } from "./output.ts";

export interface Input {
	/** What has arrived since; null: nothing. */
	poll(): Uint8Array | null;
	/** Waits for bytes; null: the input has ended. */
	wait(): Uint8Array | null;
	/** No bytes will come any more. */
	readonly ended: boolean;
	close(): void;
}

const chunkBytes = 4096;

/** An input that has nothing. */
export const noInput: Input = { poll: () => null, wait: () => null, ended: true, close: () => {} };

/** Is descriptor 0 a file? Then reading it never waits. */
function isRegular(): boolean {
	try {
		return fstatSync(0).isFile();
	} catch {
		return false;
	}
}

/** A descriptor of standard input whose reads do not wait: a second description of the same pipe or terminal where the system can open one. */
function openQuietly(): number {
	try {
		return openSync("/dev/stdin", constants.O_RDONLY | constants.O_NONBLOCK);
	} catch {
		// A socket, or a system without /dev/stdin: looking at the stream once makes descriptor 0 itself non-blocking; it is never read through the stream.
		void process.stdin;
		return 0;
	}
}

/** Reads descriptor 0. */
export function createInput(): Input {
	let ended = false;
	const buffer = new Uint8Array(chunkBytes);
	let descriptor = isRegular() ? 0 : openQuietly();
	const read = (from: number): Uint8Array | null => {
		if (ended) return null;
		try {
			const count = readSync(from, buffer, 0, chunkBytes, null);
			if (count === 0) ended = true;
			return count === 0 ? null : buffer.slice(0, count);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === "EAGAIN") return null;
			ended = true;
			if (code === "EOF" || code === "EBADF" || code === "EIO") return null;
			throw new HostError(`stdin: ${causeOf(error)}`);
		}
	};
	return {
		get ended() {
			return ended;
		},
		poll: () => read(descriptor),
		wait() {
			while (!ended) {
				const bytes = read(descriptor);
				if (bytes) return bytes;
				if (!ended) pause(2);
			}
			return null;
		},
		close() {
			ended = true;
			if (descriptor !== 0) closeSync(descriptor);
			descriptor = 0;
		},
	};
}
