/** Requests of 9P2000.L, the protocol of Linux' 9p file system, by number: their arguments in, what is done in a shared folder and the answer's body out. */
import { encodeText } from "../../base/bytes.ts";
import { type FileInfo, type FileTime, LinuxErrno, type SharedFolder } from "../../base/shared-folder.ts";
import { type Fid, type Fids, longestPath } from "./9p-fids.ts";
import type { Part, Reader } from "./9p-wire.ts";

const { EACCES, EBADF, EEXIST, EINVAL, EMSGSIZE, ENAMETOOLONG, ENOENT, ENOTDIR, EOPNOTSUPP, EPERM, EROFS } = LinuxErrno;

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
/** Arguments are read first; what comes back is called only when they were whole. */
type Message = (read: Reader, session: Session) => () => Answer;

/** Kind of a file in its qid (the server's name of a file: kind, version, number). */
const Kind = { file: 0, link: 0x02, directory: 0x80, other: 0 } as const;
const Open = { write: 1, readWrite: 2, exclusive: 0o200, truncate: 0o1000, directory: 0o200000 } as const;
const Change = { mode: 1, user: 2, group: 4, size: 8, accessed: 0x10, modified: 0x20, accessedTo: 0x80, modifiedTo: 0x100 } as const;
const removeFolder = 0x200;
const lockSuccess = 0;
const unlocked = 2;
const mostNames = 16;
const longestName = 255;
/** What a message needs beside the bytes that it carries: 7 of every message, 4 for their count; a write has 8 + 4 more. */
export const readOverhead = 11;
const leastMessage = 4096;
const mostMessage = 2 ** 18;
/** As Linux knows it. */
const magic = 0x01021997;
/** Every attribute but time of birth, generation and version. */
const basicAttributes = 0x7ff;

export const headerBytes = 7;
const noFid = 0xffffffff;

/** 13 bytes; the version changes when the file does. */
const qidOf = (info: FileInfo): Part[] => [
	[1, Kind[info.kind]],
	[4, (info.modified[0] * 31 + info.modified[1]) >>> 0],
	[8, info.id],
];
const timePart = ([seconds, nanos]: FileTime): Part[] => [
	[8, seconds],
	[8, nanos],
];

const nameError = (name: string): number => {
	if (name === "" || name === "." || name === ".." || name.includes("/")) return -EINVAL;
	return name.length > longestName ? -ENAMETOOLONG : 0;
};
const below = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);
const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Of what a fid points to; through its handle when it is open, so that a file without a name is still known. */
const infoOf = ({ folder }: Session, fid: Fid): FileInfo | number => (fid.handle >= 0 ? folder.infoOf(fid.handle) : folder.info(fid.path));
const qidAt = ({ folder }: Session, path: string): Answer => {
	const info = folder.info(path);
	return typeof info === "number" ? info : qidOf(info);
};
/** Does it with a fid, or says that there is none. */
const withFid = (session: Session, number: number, action: (fid: Fid) => Answer): Answer => {
	const fid = session.fids.get(number);
	return fid ? action(fid) : -EBADF;
};
/** Does it with the path of a name in a folder. */
const withName = (session: Session, number: number, name: string, action: (path: string) => Answer): Answer =>
	withFid(session, number, (fid) => {
		const wrong = nameError(name);
		if (wrong !== 0) return wrong;
		const path = below(fid.path, name);
		return path.length > longestPath ? -ENAMETOOLONG : action(path);
	});
/** What an action without an answer of its own comes to. */
const finish = (code: number): Answer => (code < 0 ? code : []);
const accessOf = (flags: number): { read: boolean; write: boolean; truncate: boolean } => {
	const write = (flags & (Open.write | Open.readWrite)) !== 0;
	return { read: (flags & Open.write) === 0, write, truncate: (flags & Open.truncate) !== 0 };
};
const rename = ({ folder, fids }: Session, from: string, to: string): Answer => {
	const code = folder.rename(from, to);
	if (code === 0) fids.renamed(from, to);
	return finish(code);
};

function walk(session: Session, fid: Fid, newFid: number, same: boolean, names: readonly string[]): Answer {
	const qids: Part[] = [];
	let path = fid.path;
	for (const [i, name] of names.entries()) {
		const wrong = name === ".." ? 0 : nameError(name);
		const next = name === ".." ? above(path) : below(path, name);
		const info = wrong !== 0 ? wrong : next.length > longestPath ? -ENAMETOOLONG : session.folder.info(next);
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

function open(session: Session, fid: Fid, flags: number): Answer {
	if (fid.handle >= 0 || fid.names) return -EBADF;
	const info = session.folder.info(fid.path);
	if (typeof info === "number") return info;
	if (info.kind === "directory") {
		const code = accessOf(flags).write ? -LinuxErrno.EISDIR : session.fids.list(fid);
		return code < 0 ? code : [...qidOf(info), [4, 0]];
	}
	if (info.kind !== "file") return -EACCES;
	if ((flags & Open.directory) !== 0) return -ENOTDIR;
	const handle = session.folder.open(fid.path, accessOf(flags));
	if (handle < 0) return handle;
	fid.handle = handle;
	return [...qidOf(info), [4, 0]];
}

function create(session: Session, fid: Fid, path: string, flags: number, mode: number): Answer {
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
function readFolder(session: Session, fid: Fid, from: number, count: number): Answer {
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

function change(session: Session, fid: Fid, valid: number, mode: number, owner: readonly [number, number], size: number, times: readonly FileTime[]): Answer {
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

/** By the number of the request; its answer's is one more. */
export const messages: Readonly<Record<number, Message>> = {
	// Tstatfs
	8: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, () => {
				const usage = session.folder.usage();
				if (typeof usage === "number") return usage;
				const sizes = [usage.blocks, usage.free, usage.available, usage.files, usage.freeFiles];
				return [[4, magic], [4, usage.blockBytes], ...sizes.map((size): Part => [8, size]), [8, 0], [4, longestName]];
			});
	},
	// Tlopen
	12: (read, session) => {
		const [number, flags] = [read.u32(), read.u32()];
		return () => withFid(session, number, (fid) => open(session, fid, flags));
	},
	// Tlcreate
	14: (read, session) => {
		const [number, name, flags, mode] = [read.u32(), read.text(), read.u32(), read.u32()];
		read.u32();
		return () => withFid(session, number, (fid) => withName(session, number, name, (path) => create(session, fid, path, flags, mode)));
	},
	// Tsymlink
	16: (read, session) => {
		const [number, name, target] = [read.u32(), read.text(), read.text()];
		read.u32();
		return () =>
			withName(session, number, name, (path) => {
				const code = session.folder.makeLink(path, target);
				return code < 0 ? code : qidAt(session, path);
			});
	},
	// Tmknod: devices, pipes and sockets of the host are not a guest's to make
	18: (read) => {
		read.u32();
		read.text();
		for (let i = 0; i < 4; i++) read.u32();
		return () => -EPERM;
	},
	// Trename
	20: (read, session) => {
		const [number, folder, name] = [read.u32(), read.u32(), read.text()];
		return () => withFid(session, number, (fid) => withName(session, folder, name, (to) => rename(session, fid.path, to)));
	},
	// Treadlink
	22: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, (fid) => {
				const target = session.folder.readLink(fid.path);
				return typeof target === "number" ? target : [target];
			});
	},
	// Tgetattr
	24: (read, session) => {
		const number = read.u32();
		read.u64();
		return () =>
			withFid(session, number, (fid) => {
				const info = infoOf(session, fid);
				if (typeof info === "number") return info;
				const numbers: Part[] = [
					[4, info.mode],
					[4, info.user],
					[4, info.group],
					[8, info.links],
					[8, 0],
					[8, info.size],
					[8, 4096],
					[8, info.blocks],
				];
				const times = [info.accessed, info.modified, info.changed, [0, 0] as const].flatMap(timePart);
				return [[8, basicAttributes], ...qidOf(info), ...numbers, ...times, [8, 0], [8, 0]];
			});
	},
	// Tsetattr
	26: (read, session) => {
		const [number, valid, mode, user, group, size] = [read.u32(), read.u32(), read.u32(), read.u32(), read.u32(), read.u64()];
		const times: FileTime[] = [0, 1].map(() => [read.u64(), read.u64()]);
		return () => withFid(session, number, (fid) => change(session, fid, valid, mode, [user, group], size, times));
	},
	// Txattrwalk, Txattrcreate: there are no attributes beyond those of stat
	30: unsupportedOf(["u32", "u32", "text"]),
	32: unsupportedOf(["u32", "text", "u64", "u32"]),
	// Treaddir
	40: (read, session) => {
		const [number, from, count] = [read.u32(), read.u64(), read.u32()];
		return () => withFid(session, number, (fid) => readFolder(session, fid, from, Math.min(count, session.room - 4)));
	},
	// Tfsync; a client may leave out whether times count too
	50: (read, session) => {
		const number = read.u32();
		read.u32();
		return () => withFid(session, number, (fid) => (fid.handle < 0 ? [] : finish(session.folder.flush(fid.handle))));
	},
	// Tlock: there is one client, and it has looked after its own locks before it asks
	52: (read, session) => {
		const number = read.u32();
		read.u8();
		read.u32();
		read.u64();
		read.u64();
		read.u32();
		read.text();
		return () => withFid(session, number, () => [[1, lockSuccess]]);
	},
	// Tgetlock
	54: (read, session) => {
		const number = read.u32();
		read.u8();
		const [start, length, process, client] = [read.u64(), read.u64(), read.u32(), read.text()];
		return () => withFid(session, number, () => [[1, unlocked], [8, start], [8, length], [4, process], client]);
	},
	// Tlink
	70: (read, session) => {
		const [folder, number, name] = [read.u32(), read.u32(), read.text()];
		return () => withFid(session, number, (fid) => withName(session, folder, name, (to) => finish(session.folder.link(fid.path, to))));
	},
	// Tmkdir
	72: (read, session) => {
		const [number, name, mode] = [read.u32(), read.text(), read.u32()];
		read.u32();
		return () =>
			withName(session, number, name, (path) => {
				const code = session.folder.makeFolder(path, mode);
				return code < 0 ? code : qidAt(session, path);
			});
	},
	// Trenameat
	74: (read, session) => {
		const [fromFolder, from, toFolder, to] = [read.u32(), read.text(), read.u32(), read.text()];
		return () => withName(session, fromFolder, from, (old) => withName(session, toFolder, to, (path) => rename(session, old, path)));
	},
	// Tunlinkat
	76: (read, session) => {
		const [number, name, flags] = [read.u32(), read.text(), read.u32()];
		return () => withName(session, number, name, (path) => finish(session.folder.remove(path, (flags & removeFolder) !== 0 ? "folder" : "file")));
	},
	// Tversion: whatever was before is over
	100: (read, session) => {
		const [size, version] = [read.u32(), read.text()];
		return () => {
			session.fids.clear();
			session.messageBytes = 0;
			const known = version === "9P2000.L";
			if (size < leastMessage) return -EMSGSIZE;
			if (known) session.messageBytes = Math.min(size, mostMessage);
			return [[4, Math.min(size, mostMessage)], known ? version : "unknown"];
		};
	},
	// Tauth: nobody has to prove who they are
	102: unsupportedOf(["u32", "text", "text", "u32"]),
	// Tattach
	104: (read, session) => {
		const [number, authority] = [read.u32(), read.u32()];
		read.text();
		const name = read.text();
		read.u32();
		return () => {
			if (authority !== noFid) return -EINVAL;
			if (name !== "" && name !== "/") return -ENOENT;
			const code = session.fids.add(number, "");
			return code < 0 ? code : qidAt(session, "");
		};
	},
	// Tflush: requests are carried out one after the other, so the one that is meant is over
	108: (read) => {
		read.u16();
		return () => [];
	},
	// Twalk
	110: (read, session) => {
		const [number, newNumber, count] = [read.u32(), read.u32(), read.u16()];
		const names = Array.from({ length: Math.min(count, mostNames) }, () => read.text());
		return () => {
			if (count > mostNames) return -EINVAL;
			if (newNumber !== number && session.fids.get(newNumber)) return -EEXIST;
			return withFid(session, number, (fid) => walk(session, fid, newNumber, newNumber === number, names));
		};
	},
	// Tread
	116: (read, session) => {
		const [number, position, count] = [read.u32(), read.u64(), read.u32()];
		return () =>
			withFid(session, number, (fid) => {
				if (fid.handle < 0 || position > Number.MAX_SAFE_INTEGER - count) return -EBADF;
				const data = new Uint8Array(Math.min(count, session.room - 4));
				const length = session.folder.read(fid.handle, position, data);
				return length < 0 ? length : [[4, length], data.subarray(0, length)];
			});
	},
	// Twrite
	118: (read, session) => {
		const [number, position, data] = [read.u32(), read.u64(), read.data()];
		return () =>
			withFid(session, number, (fid) => {
				if (fid.handle < 0 || position > Number.MAX_SAFE_INTEGER - data.length) return -EBADF;
				const length = session.folder.write(fid.handle, position, data);
				return length < 0 ? length : [[4, length]];
			});
	},
	// Tclunk
	120: (read, session) => {
		const number = read.u32();
		return () => (session.fids.remove(number) ? [] : -EBADF);
	},
	// Tremove: the fid is gone whatever comes of it
	122: (read, session) => {
		const number = read.u32();
		return () =>
			withFid(session, number, (fid) => {
				const info = session.folder.info(fid.path);
				const code = typeof info === "number" ? info : session.folder.remove(fid.path, info.kind === "directory" ? "folder" : "file");
				session.fids.remove(number);
				return finish(code);
			});
	},
};

/** A request that is understood and never granted. */
function unsupportedOf(fields: readonly ("u32" | "u64" | "text")[]): Message {
	return (read) => {
		for (const field of fields) read[field]();
		return () => -EOPNOTSUPP;
	};
}
