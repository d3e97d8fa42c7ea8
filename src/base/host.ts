/** What a machine may ask of its host: nothing unless somebody hands it in. */

/** Bytes of the guest's console. */
export type ByteSink = (byte: number) => void;

/** How a file is opened. */
export interface OpenMode {
	readonly read: boolean;
	readonly write: boolean;
	/** Make it if it is not there. */
	readonly create: boolean;
	/** Forget what is in it. */
	readonly truncate: boolean;
}

/** Error numbers as guests know them (newlib's): what a `FileSystem` answers, negated. */
export const Errno = { noEntry: 2, io: 5, badHandle: 9, access: 13, exists: 17, isDirectory: 21, invalid: 22, tooManyFiles: 24, notSupported: 88 } as const;

/**
 * Files below one directory. Paths are relative, use `/`, and contain no empty part, `.` or `..`; symbolic links that lead out are for
 * the implementer to refuse. Every function answers a negative `Errno` instead of throwing.
 */
export interface FileSystem {
	/** A handle, 0 or more. */
	open(path: string, mode: OpenMode): number;
	close(handle: number): number;
	/** Up to `length` bytes from `position`; fewer at the end of the file. */
	read(handle: number, position: number, length: number): Uint8Array | number;
	/** How many bytes were written. */
	write(handle: number, position: number, data: Uint8Array): number;
	size(handle: number): number;
	remove(path: string): number;
	rename(from: string, to: string): number;
}

/** The console of a machine: one queue of input, one output, shared by its UART, HTIF and semihosting. */
export interface GuestConsole {
	/** Guest to host. */
	put(byte: number): void;
	/** Host to guest: the next byte, or -1 when there is none now. */
	take(): number;
	/** How many bytes are waiting. */
	readonly waiting: number;
}

/** A console whose input arrives by `push`. `more` is asked when the guest wants a byte and none is there; null: there is none now. */
export function createConsole(output: ByteSink, more: () => Uint8Array | null = () => null): GuestConsole & { push(bytes: Uint8Array): void } {
	const queue: Uint8Array[] = [];
	let at = 0;
	let waiting = 0;
	const push = (bytes: Uint8Array): void => {
		if (bytes.length === 0) return;
		queue.push(bytes.slice());
		waiting += bytes.length;
	};
	return {
		get waiting() {
			return waiting;
		},
		put: output,
		push,
		take() {
			if (queue.length === 0) push(more() ?? new Uint8Array(0));
			const first = queue[0];
			if (!first) return -1;
			const byte = first[at++]!;
			waiting--;
			if (at === first.length) {
				queue.shift();
				at = 0;
			}
			return byte;
		},
	};
}
