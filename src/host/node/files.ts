/** Paths in, bytes or text out; every failure is a HostError that names the path, the cause and what to try. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
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

/** The whole file as bytes. "-" is standard input. */
export function readBytes(path: string): Uint8Array {
	try {
		if (path !== "-") {
			const { size } = statSync(path);
			if (size > limitBytes) throw new HostError(`${path}: ${size} bytes; at most ${limitBytes} are read`);
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
