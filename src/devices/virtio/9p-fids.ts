/** A client's numbers for files (fids) in, where each of them points and what is open out. */
import { LinuxErrno, type SharedFolder } from "../../base/shared-folder.ts";

export interface Fid {
	/** As `SharedFolder` takes it. Follows when the file is renamed through us. */
	path: string;
	/** Of an open file; -1: not open, or a folder. */
	handle: number;
	/** Of an open folder: its names, since it was last read from its beginning. */
	names: readonly string[] | null;
}

export interface Fids {
	get(number: number): Fid | undefined;
	/** 0, or an error: the number is in use, or there are too many. */
	add(number: number, path: string): number;
	remove(number: number): boolean;
	clear(): void;
	/** Lists a folder for a fid; 0, or an error. */
	list(fid: Fid): number;
	renamed(from: string, to: string): void;
	readonly count: number;
}

/** So many numbers at a time. A path is at most `longestPath`, so that they take some 32 MiB at most. */
const mostFids = 8192;
/** Names of all open folders together. */
const mostNames = 2 ** 20;
/** Linux' PATH_MAX. */
export const longestPath = 4096;

export function createFids(folder: SharedFolder): Fids {
	const fids = new Map<number, Fid>();
	let names = 0;
	const forgetNames = (fid: Fid): void => {
		names -= fid.names?.length ?? 0;
		fid.names = null;
	};
	const release = (fid: Fid): void => {
		forgetNames(fid);
		if (fid.handle >= 0) folder.close(fid.handle);
	};
	return {
		get: (number) => fids.get(number),
		add(number, path) {
			if (fids.has(number)) return -LinuxErrno.EINVAL;
			if (fids.size >= mostFids) return -LinuxErrno.ENFILE;
			fids.set(number, { path, handle: -1, names: null });
			return 0;
		},
		remove(number) {
			const fid = fids.get(number);
			if (fid) release(fid);
			return fids.delete(number);
		},
		clear() {
			for (const fid of fids.values()) release(fid);
			fids.clear();
		},
		list(fid) {
			forgetNames(fid);
			const found = folder.list(fid.path);
			if (typeof found === "number") return found;
			if (names + found.length > mostNames) return -LinuxErrno.ENOMEM;
			names += found.length;
			fid.names = found;
			return 0;
		},
		renamed(from, to) {
			for (const fid of fids.values()) {
				if (fid.path === from) fid.path = to;
				else if (fid.path.startsWith(`${from}/`)) fid.path = to + fid.path.slice(from.length);
			}
		},
		get count() {
			return fids.size;
		},
	};
}
