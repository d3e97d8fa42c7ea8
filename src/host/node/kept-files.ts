/** A folder of files that may go at any time: bytes in, a whole file in its place out, and the oldest thrown away. */
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
