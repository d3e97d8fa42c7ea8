/** What a guest that shares a folder of its host asks for: files by path, attributes, handles. Errors are Linux' numbers, negated. */

/** Error numbers as they are on every Linux (asm-generic). */
export const LinuxErrno = {
	EPERM: 1,
	ENOENT: 2,
	EIO: 5,
	EBADF: 9,
	ENOMEM: 12,
	EACCES: 13,
	EBUSY: 16,
	EEXIST: 17,
	EXDEV: 18,
	ENOTDIR: 20,
	EISDIR: 21,
	EINVAL: 22,
	ENFILE: 23,
	EMFILE: 24,
	ETXTBSY: 26,
	EFBIG: 27,
	ENOSPC: 28,
	EROFS: 30,
	EMLINK: 31,
	ENAMETOOLONG: 36,
	ENOTEMPTY: 39,
	ELOOP: 40,
	EPROTO: 71,
	EILSEQ: 84,
	EMSGSIZE: 90,
	EOPNOTSUPP: 95,
	EDQUOT: 122,
} as const;

/** Seconds since 1970 and nanoseconds. */
export type FileTime = readonly [seconds: number, nanos: number];

export interface FileInfo {
	/** Others (devices, pipes, sockets) are shown, but cannot be opened. */
	readonly kind: "file" | "directory" | "link" | "other";
	/** As st_mode: type and permissions. */
	readonly mode: number;
	/** The same number for the same file, and for no other. */
	readonly id: bigint;
	readonly user: number;
	readonly group: number;
	readonly links: number;
	readonly size: number;
	/** Of 512 bytes. */
	readonly blocks: number;
	readonly accessed: FileTime;
	readonly modified: FileTime;
	readonly changed: FileTime;
}

/** What is to change; "now" is the host's time. */
export interface FileChanges {
	/** Permissions only: 0o777. */
	readonly mode?: number | undefined;
	readonly size?: number | undefined;
	readonly accessed?: FileTime | "now" | undefined;
	readonly modified?: FileTime | "now" | undefined;
}

export interface FolderUsage {
	readonly blockBytes: number;
	readonly blocks: number;
	readonly free: number;
	readonly available: number;
	readonly files: number;
	readonly freeFiles: number;
}

export interface FileAccess {
	readonly read: boolean;
	readonly write: boolean;
	readonly truncate: boolean;
	/** Make it when it is not there, with these permissions. */
	readonly create?: { readonly mode: number; readonly exclusive: boolean } | undefined;
}

/**
 * Files below one folder. A path is "" for the folder itself, or names with "/" between them, none of them empty, "." or "..", without a zero character. No symbolic
 * link is ever followed, whatever happens meanwhile: links are for the guest to resolve. Nothing throws.
 */
export interface SharedFolder {
	readonly readOnly: boolean;
	info(path: string): FileInfo | number;
	/** Names in the folder, in the order of their characters. */
	list(path: string): string[] | number;
	readLink(path: string): string | number;
	/** A handle (0 or more) of a plain file. */
	open(path: string, access: FileAccess): number;
	infoOf(handle: number): FileInfo | number;
	read(handle: number, position: number, into: Uint8Array): number;
	write(handle: number, position: number, data: Uint8Array): number;
	flush(handle: number): number;
	close(handle: number): number;
	change(path: string, changes: FileChanges): number;
	resize(handle: number, bytes: number): number;
	makeFolder(path: string, mode: number): number;
	makeLink(path: string, target: string): number;
	/** One more name for a file. */
	link(path: string, to: string): number;
	rename(path: string, to: string): number;
	remove(path: string, what: "folder" | "file"): number;
	usage(): FolderUsage | number;
	/** Gives back everything that is open. */
	closeAll(): void;
}
