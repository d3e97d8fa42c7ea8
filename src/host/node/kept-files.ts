/** A folder of files that may go at any time: names by content in, whole files in place out, the oldest thrown away. */
import { createHash } from "node:crypto";
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The name that goes with a key, as long as nobody finds two keys with one SHA-256. */
export const nameOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 40);

/** Puts the bytes into the folder at once, so that whoever reads the file finds the old or the new one. @throws what node throws; nothing is left behind then. */
export function replaceFile(path: string, bytes: Uint8Array | string): void {
	const fresh = `${path}.${process.pid}`;
	try {
		writeFileSync(fresh, bytes);
		renameSync(fresh, path);
	} catch (error) {
		rmSync(fresh, { force: true });
		throw error;
	}
}

/** At most so many files, and so many bytes in all. */
export interface Room {
	readonly files: number;
	readonly bytes: number;
}

/** Throws away the oldest files whose names have `ending` in them, until the others are within `room`; the newest stays in any case. @throws what node throws. */
export function forgetOldest(folder: string, ending: string, room: Room): void {
	const paths = readdirSync(folder).flatMap((name) => (name.includes(ending) ? [join(folder, name)] : []));
	// another run may have thrown one away meanwhile
	const files = paths
		.map((path) => ({ path, stat: statSync(path, { throwIfNoEntry: false }) }))
		.sort((a, b) => (b.stat?.mtimeMs ?? 0) - (a.stat?.mtimeMs ?? 0));
	let bytes = 0;
	files.forEach(({ path, stat }, i) => {
		bytes += stat?.size ?? 0;
		if (i > 0 && (i >= room.files || bytes > room.bytes)) rmSync(path, { force: true });
	});
}
