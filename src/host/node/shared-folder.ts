/** A folder of the host in, what a guest may do in it out: nothing outside can be reached, also while somebody else exchanges folders for links. */
import {
	chmodSync,
	closeSync,
	constants,
	existsSync,
	fchmodSync,
	fdatasyncSync,
	fstatSync,
	ftruncateSync,
	linkSync,
	lstatSync,
	lutimesSync,
	mkdirSync,
	openSync,
	readdirSync,
	readlinkSync,
	readSync,
	realpathSync,
	renameSync,
	rmdirSync,
	statfsSync,
	statSync,
	symlinkSync,
	unlinkSync,
	writeSync,
} from "node:fs";
import { join, sep } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { type FileInfo, type FileTime, LinuxErrno, type SharedFolder } from "../../base/shared-folder.ts";
import { causeOf } from "./files.ts";

const permissions = 0o777;
/** A guest cannot take all descriptors of the host. */
const mostHandles = 512;
const noFollow = constants.O_NOFOLLOW ?? 0;
const asFolder = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | noFollow;
/** Linux has a name for every open folder: what is found below that name is found in that folder, wherever it has been moved and whatever took its place. */
const openFolders = "/proc/self/fd";

class Refused extends Error {
	constructor(readonly code: keyof typeof LinuxErrno) {
		super(code);
	}
}

/** What a call answers when the host throws. */
function attempt<T>(action: () => T): T | number {
	try {
		return action();
	} catch (error) {
		const { code } = error as { code?: string };
		return -(code !== undefined && Object.hasOwn(LinuxErrno, code) ? LinuxErrno[code as keyof typeof LinuxErrno] : LinuxErrno.EIO);
	}
}
/** The same for what answers nothing. */
const done = (action: () => void): number =>
	attempt(() => {
		action();
		return 0;
	});

type Stats = ReturnType<typeof bigStat>;
const bigStat = (path: string) => lstatSync(path, { bigint: true });
const timeOf = (nanos: bigint): FileTime => [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];

function infoFrom(stats: Stats, device: bigint): FileInfo {
	return {
		kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "link" : "other",
		mode: Number(stats.mode),
		// another file system mounted below has numbers of its own
		id: BigInt.asUintN(64, stats.ino ^ ((stats.dev - device) << 48n)),
		user: Number(stats.uid),
		group: Number(stats.gid),
		links: Number(stats.nlink),
		size: Number(stats.size),
		blocks: Number(stats.blocks),
		accessed: timeOf(stats.atimeNs),
		modified: timeOf(stats.mtimeNs),
		changed: timeOf(stats.ctimeNs),
	};
}

/** Throws `HostError` when it is no folder. */
export function openSharedFolder(folder: string, o: { readonly readOnly: boolean }): SharedFolder {
	let root: string;
	let rootDescriptor: number;
	try {
		root = realpathSync(folder);
		if (!statSync(root).isDirectory()) throw new HostError(`${folder}: is no folder`);
		rootDescriptor = openSync(root, asFolder);
	} catch (error) {
		throw error instanceof HostError ? error : new HostError(`${folder}: ${causeOf(error)}`);
	}
	const exact = existsSync(openFolders);
	const { dev: device } = fstatSync(rootDescriptor, { bigint: true });

	/** Calls `action` with a name of that folder, in which the last name of a path may be looked up. */
	const inFolder = <T>(parts: readonly string[], action: (at: string) => T): T => {
		if (!exact) {
			// elsewhere: every part is what its name says, at least when it is looked at
			const wanted = join(root, ...parts);
			if (realpathSync(wanted) !== wanted) throw new Refused("ELOOP");
			return action(wanted);
		}
		let current = rootDescriptor;
		try {
			for (const part of parts) {
				const next = openSync(`${openFolders}/${current}/${part}`, asFolder);
				if (current !== rootDescriptor) closeSync(current);
				current = next;
			}
			return action(`${openFolders}/${current}`);
		} finally {
			if (current !== rootDescriptor) closeSync(current);
		}
	};
	const partsOf = (path: string): string[] => {
		const parts = path === "" ? [] : path.split("/");
		if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0") || part.includes(sep))) throw new Refused("EINVAL");
		return parts;
	};
	/** The same for what may be named with a path: `action` gets a name for it that is safe as long as its last part is not followed. */
	const named = <T>(path: string, action: (at: string) => T): T => {
		const parts = partsOf(path);
		const last = parts.pop() ?? ".";
		return inFolder(parts, (at) => action(`${at}/${last}`));
	};
	/** For what makes or takes away a name. */
	const withinRoot = (path: string, action: (at: string) => void): void => {
		if (o.readOnly) throw new Refused("EROFS");
		if (path === "") throw new Refused("EBUSY");
		named(path, action);
	};
	const changing = (path: string, action: (at: string) => void): number => done(() => withinRoot(path, action));

	const handles = new Map<number, number>();
	let next = 0;
	const use = (handle: number): number => {
		const descriptor = handles.get(handle);
		if (descriptor === undefined) throw new Refused("EBADF");
		return descriptor;
	};
	/** Plain files only: a pipe would wait, a device does things when it is opened. */
	const openPlain = (at: string, flags: number, mode?: number): number => {
		const before = lstatSync(at, { throwIfNoEntry: false });
		if (before?.isDirectory()) throw new Refused("EISDIR");
		if (before?.isSymbolicLink()) throw new Refused("ELOOP");
		if (before && !before.isFile()) throw new Refused("EACCES");
		const descriptor = openSync(at, flags | noFollow | (constants.O_NONBLOCK ?? 0), mode);
		if (fstatSync(descriptor).isFile()) return descriptor;
		closeSync(descriptor);
		throw new Refused("EACCES");
	};
	const withDescriptor = (descriptor: number, action: (descriptor: number) => void): void => {
		try {
			action(descriptor);
		} finally {
			closeSync(descriptor);
		}
	};

	return {
		readOnly: o.readOnly,
		info: (path) => attempt(() => infoFrom(named(path, bigStat), device)),
		list: (path) => attempt(() => inFolder(partsOf(path), (at) => readdirSync(at)).sort()),
		readLink: (path) => attempt(() => named(path, (at) => readlinkSync(at))),
		open: (path, access) =>
			attempt(() => {
				if (o.readOnly && (access.write || access.truncate || access.create)) throw new Refused("EROFS");
				if (handles.size >= mostHandles) throw new Refused("EMFILE");
				const way = access.write ? (access.read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
				const make = access.create ? constants.O_CREAT | (access.create.exclusive ? constants.O_EXCL : 0) : 0;
				const descriptor = named(path, (at) => openPlain(at, way | make, (access.create?.mode ?? 0) & permissions));
				if (access.truncate && access.write) ftruncateSync(descriptor, 0);
				handles.set(next, descriptor);
				return next++;
			}),
		infoOf: (handle) => attempt(() => infoFrom(fstatSync(use(handle), { bigint: true }), device)),
		read: (handle, position, into) => attempt(() => (into.length === 0 ? 0 : readSync(use(handle), into, 0, into.length, position))),
		write: (handle, position, data) => attempt(() => (data.length === 0 ? 0 : writeSync(use(handle), data, 0, data.length, position))),
		flush: (handle) => done(() => fdatasyncSync(use(handle))),
		close: (handle) =>
			done(() => {
				closeSync(use(handle));
				handles.delete(handle);
			}),
		change: (path, { mode, size, accessed, modified }) =>
			done(() => {
				if (o.readOnly) throw new Refused("EROFS");
				named(path, (at) => {
					const stats = lstatSync(at);
					if (mode !== undefined) {
						if (stats.isSymbolicLink()) throw new Refused("EOPNOTSUPP");
						if (!stats.isFile() && !stats.isDirectory()) throw new Refused("EACCES");
						const bits = mode & permissions;
						if (stats.isDirectory()) inFolder(partsOf(path), (folder) => chmodSync(folder, bits));
						else withDescriptor(openPlain(at, constants.O_RDONLY), (descriptor) => fchmodSync(descriptor, bits));
					}
					if (size !== undefined) withDescriptor(openPlain(at, constants.O_WRONLY), (descriptor) => ftruncateSync(descriptor, size));
					if (accessed === undefined && modified === undefined) return;
					const seconds = (time: FileTime | "now" | undefined, kept: number): number =>
						time === undefined ? kept / 1000 : time === "now" ? Date.now() / 1000 : time[0] + time[1] / 1e9;
					lutimesSync(at, seconds(accessed, stats.atimeMs), seconds(modified, stats.mtimeMs));
				});
			}),
		resize: (handle, bytes) =>
			done(() => {
				if (o.readOnly) throw new Refused("EROFS");
				ftruncateSync(use(handle), bytes);
			}),
		makeFolder: (path, mode) => changing(path, (at) => mkdirSync(at, { mode: mode & permissions })),
		makeLink: (path, target) => changing(path, (at) => symlinkSync(target, at)),
		link: (path, to) =>
			changing(to, (at) =>
				named(path, (from) => {
					if (!lstatSync(from).isFile()) throw new Refused("EPERM");
					linkSync(from, at);
				}),
			),
		rename: (path, to) => changing(path, (from) => withinRoot(to, (at) => renameSync(from, at))),
		remove: (path, what) => changing(path, what === "folder" ? rmdirSync : unlinkSync),
		usage: () =>
			attempt(() => {
				const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(root);
				return { blockBytes: bsize, blocks, free: bfree, available: bavail, files, freeFiles: ffree };
			}),
		closeAll() {
			for (const descriptor of handles.values()) closeSync(descriptor);
			handles.clear();
			if (rootDescriptor >= 0) closeSync(rootDescriptor);
			rootDescriptor = -1;
		},
	};
}
