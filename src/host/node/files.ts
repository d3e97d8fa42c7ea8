/** Paths in, bytes or text out; every failure is a HostError that names the path, the cause and what to try. */
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { HostError } from "../../../jit/base/errors.ts";

const causes: Record<string, string> = {
	ENOENT: "no such file",
	EACCES: "permission denied",
	EPERM: "not permitted",
	EISDIR: "is a directory, a file is needed",
	ENOTDIR: "a part of the path is not a directory",
	ELOOP: "too many symbolic links",
	ENAMETOOLONG: "the name is too long",
	ENOSPC: "no space left on the device",
	EROFS: "the file system is read-only",
	EMFILE: "too many open files",
};

/** What went wrong, in words, from an exception of node's. */
export function causeOf(error: unknown): string {
	const code = (error as { code?: unknown } | null)?.code;
	return (typeof code === "string" && (causes[code] ?? code)) || String((error as Error)?.message ?? error).split("\n")[0]!;
}

/** Images larger than this are refused before they are read: more than any board's RAM. */
const limitBytes = 2 ** 32;
/** Files from here on are large. */
export const largeBytes = 2 ** 20;

/**
 * A buffer that lies in pages of its own. Others come from the C library, which takes the size of a large one that was given back for what it may keep for later, of each
 * thread: the file of a kernel cost 80 MiB so, long after it was forgotten.
 */
function pagesFor(bytes: number): ArrayBuffer {
	const Buffer = ArrayBuffer as new (bytes: number, o: { maxByteLength: number }) => ArrayBuffer;
	return new Buffer(bytes, { maxByteLength: bytes });
}

/** A file of so many bytes; what it has become longer since is left away. */
function readLarge(path: string, bytes: number): Uint8Array {
	const descriptor = openSync(path, "r");
	try {
		const file = new Uint8Array(pagesFor(bytes));
		let used = 0;
		for (let count = -1; count !== 0; used += count) count = readSync(descriptor, file, used, bytes - used, null);
		return file.subarray(0, used);
	} finally {
		closeSync(descriptor);
	}
}

/** The whole file as bytes. "-" is standard input. */
export function readBytes(path: string): Uint8Array {
	try {
		if (path !== "-") {
			const { size } = statSync(path);
			if (size > limitBytes) throw new HostError(`${path}: ${size} bytes; at most ${limitBytes} are read`);
			if (size >= largeBytes) return readLarge(path, size);
		}
		return new Uint8Array(readFileSync(path === "-" ? 0 : path));
	} catch (error) {
		if (error instanceof HostError) throw error;
		throw new HostError(`${path}: ${causeOf(error)}`);
	}
}

/** The whole file as text. */
export function readText(path: string): string {
	const bytes = readBytes(path);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw new HostError(`${path}: is not UTF-8 text`);
	}
}

/** Writes the whole file. */
export function writeBytes(path: string, bytes: Uint8Array | string): void {
	try {
		writeFileSync(path, bytes);
	} catch (error) {
		throw new HostError(`${path}: ${causeOf(error)}`);
	}
}
