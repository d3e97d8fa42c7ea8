/** A client's fids and what it asks of them in, what is done in the shared folder and the answer's body out: walking, opening, listing, changing. */
import { encodeText } from "../../base/bytes.ts";
import { type FileInfo, type FileTime, LinuxErrno, type SharedFolder } from "../../base/shared-folder.ts";
import { type Fid, type Fids, longestPath } from "./9p-fids.ts";
import type { Part } from "./9p-wire.ts";

const { EACCES, EBADF, EINVAL, EISDIR, ENAMETOOLONG, ENOTDIR, EPERM, EROFS } = LinuxErrno;

export interface Session {
	readonly folder: SharedFolder;
	readonly fids: Fids;
	/** The largest message, both ways; 0: the client has not said which version it speaks. */
	messageBytes: number;
	/** Room for the body of the answer at hand. */
	room: number;
}

/** The body of an answer, or a negative error. */
export type Answer = readonly Part[] | number;
/** Kind of a file in its qid (the server's name of a file: kind, version, number). */
const Kind = { file: 0, link: 0x02, directory: 0x80, other: 0 } as const;
const Open = { write: 1, readWrite: 2, exclusive: 0o200, truncate: 0o1000, directory: 0o200000 } as const;
const Change = { mode: 1, user: 2, group: 4, size: 8, accessed: 0x10, modified: 0x20, accessedTo: 0x80, modifiedTo: 0x100 } as const;
export const longestName = 255;
/** Folders inside folders. */
const deepest = 128;

/** 13 bytes; the version changes when the file does. */
export const qidOf = (info: FileInfo): Part[] => [
	[1, Kind[info.kind]],
	[4, (info.modified[0] * 31 + info.modified[1]) >>> 0],
	[8, info.id],
];

const nameError = (name: string): number => {
	if (name === "" || name === "." || name === ".." || name.includes("/")) return -EINVAL;
	return name.length > longestName ? -ENAMETOOLONG : 0;
};
const below = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);
const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** The host opens folder after folder of a path: so many, that one message does not cost it much. */
const tooLong = (path: string): boolean => path.length > longestPath || path.split("/").length > deepest;

/** Of what a fid points to; through its handle when it is open, so that a file without a name is still known. */
export const infoOf = ({ folder }: Session, fid: Fid): FileInfo | number => (fid.handle >= 0 ? folder.infoOf(fid.handle) : folder.info(fid.path));
export const qidAt = ({ folder }: Session, path: string): Answer => {
	const info = folder.info(path);
	return typeof info === "number" ? info : qidOf(info);
};
/** Does it with a fid, or says that there is none. */
export const withFid = (session: Session, number: number, action: (fid: Fid) => Answer): Answer => {
	const fid = session.fids.get(number);
	return fid ? action(fid) : -EBADF;
};
/** Does it with the path of a name in a folder. */
export const withName = (session: Session, number: number, name: string, action: (path: string) => Answer): Answer =>
	withFid(session, number, (fid) => {
		const wrong = nameError(name);
		if (wrong !== 0) return wrong;
		const path = below(fid.path, name);
		return tooLong(path) ? -ENAMETOOLONG : action(path);
	});
/** What an action without an answer of its own comes to. */
export const finish = (code: number): Answer => (code < 0 ? code : []);
const accessOf = (flags: number): { read: boolean; write: boolean; truncate: boolean } => {
	const write = (flags & (Open.write | Open.readWrite)) !== 0;
	return { read: (flags & Open.write) === 0, write, truncate: (flags & Open.truncate) !== 0 };
};
export const rename = ({ folder, fids }: Session, from: string, to: string): Answer => {
	const code = folder.rename(from, to);
	if (code === 0) fids.renamed(from, to);
	return finish(code);
};

export function walk(session: Session, fid: Fid, newFid: number, same: boolean, names: readonly string[]): Answer {
	const qids: Part[] = [];
	let path = fid.path;
	for (const [i, name] of names.entries()) {
		const wrong = name === ".." ? 0 : nameError(name);
		const next = name === ".." ? above(path) : below(path, name);
		const info = wrong !== 0 ? wrong : tooLong(next) ? -ENAMETOOLONG : session.folder.info(next);
		if (typeof info === "number") {
			// the first name is missing: an error; a later one: as far as it went, and no new fid
			return i === 0 ? info : [[2, i], ...qids];
		}
		if (i + 1 < names.length && info.kind !== "directory") return [[2, i + 1], ...qids, ...qidOf(info)];
		qids.push(...qidOf(info));
		path = next;
	}
	if (same) {
		if (fid.handle >= 0 || fid.names) return -EBADF;
		fid.path = path;
	} else {
		const code = session.fids.add(newFid, path);
		if (code < 0) return code;
	}
	return [[2, names.length], ...qids];
}

export function open(session: Session, fid: Fid, flags: number): Answer {
	if (fid.handle >= 0 || fid.names) return -EBADF;
	const info = session.folder.info(fid.path);
	if (typeof info === "number") return info;
	if (info.kind === "directory") {
		const code = accessOf(flags).write ? -EISDIR : session.fids.list(fid);
		return code < 0 ? code : [...qidOf(info), [4, 0]];
	}
	if (info.kind !== "file") return -EACCES;
	if ((flags & Open.directory) !== 0) return -ENOTDIR;
	const handle = session.folder.open(fid.path, accessOf(flags));
	if (handle < 0) return handle;
	fid.handle = handle;
	return [...qidOf(info), [4, 0]];
}

export function create(session: Session, fid: Fid, path: string, flags: number, mode: number): Answer {
	if (fid.handle >= 0 || fid.names) return -EBADF;
	const handle = session.folder.open(path, { ...accessOf(flags), create: { mode, exclusive: (flags & Open.exclusive) !== 0 } });
	if (handle < 0) return handle;
	const info = session.folder.infoOf(handle);
	if (typeof info === "number") {
		session.folder.close(handle);
		return info;
	}
	fid.path = path;
	fid.handle = handle;
	return [...qidOf(info), [4, 0]];
}

/** Names from the `from`th on, as many as fit into `count` bytes. */
export function readFolder(session: Session, fid: Fid, from: number, count: number): Answer {
	if (!fid.names) return -EBADF;
	if (from === 0) {
		const code = session.fids.list(fid);
		if (code < 0) return code;
	}
	const entries: Part[] = [];
	let bytes = 0;
	for (let i = from; i < fid.names.length; i++) {
		const name = fid.names[i]!;
		const info = session.folder.info(below(fid.path, name));
		// it has gone since
		if (typeof info === "number") continue;
		const encoded = encodeText(name);
		if (bytes + 24 + encoded.length > count) break;
		bytes += 24 + encoded.length;
		// the type is that of a directory entry: what is in the upper bits of the mode
		entries.push(...qidOf(info), [8, i + 1], [1, (info.mode >> 12) & 15], [2, encoded.length], encoded);
	}
	return [[4, bytes], ...entries];
}

export function change(
	session: Session,
	fid: Fid,
	valid: number,
	mode: number,
	owner: readonly [number, number],
	size: number,
	times: readonly FileTime[],
): Answer {
	if (session.folder.readOnly) return -EROFS;
	const info = infoOf(session, fid);
	if (typeof info === "number") return info;
	// files belong to who runs us
	if (((valid & Change.user) !== 0 && owner[0] !== info.user) || ((valid & Change.group) !== 0 && owner[1] !== info.group)) return -EPERM;
	if ((valid & Change.size) !== 0 && fid.handle >= 0) {
		const code = session.folder.resize(fid.handle, size);
		if (code < 0) return code;
	}
	const time = (set: number, to: number, value: FileTime) => ((valid & set) === 0 ? undefined : (valid & to) === 0 ? ("now" as const) : value);
	return finish(
		session.folder.change(fid.path, {
			mode: (valid & Change.mode) === 0 ? undefined : mode,
			size: (valid & Change.size) === 0 || fid.handle >= 0 ? undefined : size,
			accessed: time(Change.accessed, Change.accessedTo, times[0]!),
			modified: time(Change.modified, Change.modifiedTo, times[1]!),
		}),
	);
}
