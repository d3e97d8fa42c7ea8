/** A directory of the host in, a FileSystem for the guest out: nothing outside the directory can be reached, also not through symbolic links. */
import {
	closeSync,
	constants,
	fstatSync,
	ftruncateSync,
	lstatSync,
	openSync,
	readSync,
	realpathSync,
	renameSync,
	statSync,
	unlinkSync,
	writeSync,
} from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { Errno, type FileSystem } from "../../base/host.ts";
import { causeOf } from "./files.ts";

const errnoOf: Record<string, number> = {
	ENOENT: Errno.noEntry,
	ENOTDIR: Errno.noEntry,
	EISDIR: Errno.isDirectory,
	EEXIST: Errno.exists,
	EBADF: Errno.badHandle,
	EMFILE: Errno.tooManyFiles,
	EACCES: Errno.access,
	EPERM: Errno.access,
	EROFS: Errno.access,
	ELOOP: Errno.access,
	EINVAL: Errno.invalid,
	ENAMETOOLONG: Errno.invalid,
};
const refused = Symbol("refused");

/** What a call answers when the host throws. */
function attempt<T>(action: () => T): T | number {
	try {
		return action();
	} catch (error) {
		if (error === refused) return -Errno.access;
		return -(errnoOf[(error as NodeJS.ErrnoException).code ?? ""] ?? Errno.io);
	}
}

/** Throws HostError when `folder` is no directory. */
export function createDirectoryFiles(folder: string): FileSystem {
	let root: string;
	try {
		root = realpathSync(folder);
		if (!statSync(root).isDirectory()) throw new HostError(`${folder}: is no directory`);
	} catch (error) {
		throw error instanceof HostError ? error : new HostError(`${folder}: ${causeOf(error)}`);
	}
	/** The host's path of the guest's one: its folder lies really inside, and its last part is no link. */
	const inside = (path: string): string => {
		if (path === "" || path.split("/").some((part) => part === "" || part === "." || part === ".." || part.includes("\\"))) throw refused;
		const wanted = join(root, path);
		const parent = realpathSync(dirname(wanted));
		if (parent !== root && !parent.startsWith(root + sep)) throw refused;
		const real = join(parent, basename(wanted));
		if (lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink()) throw refused;
		return real;
	};
	const handles = new Map<number, { descriptor: number; write: boolean }>();
	let next = 0;
	const use = (handle: number): number => {
		const file = handles.get(handle);
		if (!file) throw Object.assign(new Error("no such handle"), { code: "EBADF" });
		return file.descriptor;
	};
	return {
		open: (path, mode) =>
			attempt(() => {
				const real = inside(path);
				const access = mode.write ? (mode.read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
				// O_NONBLOCK: a named pipe must not stop us
				const flags = access | (mode.create ? constants.O_CREAT : 0) | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
				const descriptor = openSync(real, flags, 0o666);
				const kind = fstatSync(descriptor);
				if (!kind.isFile()) {
					closeSync(descriptor);
					return kind.isDirectory() ? -Errno.isDirectory : -Errno.access;
				}
				if (mode.truncate && mode.write) ftruncateSync(descriptor, 0);
				handles.set(next, { descriptor, write: mode.write });
				return next++;
			}),
		close: (handle) =>
			attempt(() => {
				closeSync(use(handle));
				handles.delete(handle);
				return 0;
			}),
		read: (handle, position, length) =>
			attempt(() => {
				const descriptor = use(handle);
				const left = Math.max(0, fstatSync(descriptor).size - position);
				const buffer = new Uint8Array(Math.min(length, left));
				return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position));
			}),
		write: (handle, position, data) => attempt(() => (data.length === 0 ? 0 : writeSync(use(handle), data, 0, data.length, position))),
		size: (handle) => attempt(() => fstatSync(use(handle)).size),
		remove: (path) =>
			attempt(() => {
				unlinkSync(inside(path));
				return 0;
			}),
		rename: (from, to) =>
			attempt(() => {
				renameSync(inside(from), inside(to));
				return 0;
			}),
	};
}
