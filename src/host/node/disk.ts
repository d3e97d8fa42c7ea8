/** A path in, the sectors of the raw image there out: written in place, read only, or with what is written kept aside and forgotten. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { type BlockStore, createOverlay, sectorBytes } from "../../base/block-store.ts";
import { causeOf } from "./files.ts";

/** A file's sectors; `close` also calls `closed`. */
function fileStore(descriptor: number, sectors: number, readOnly: boolean, closed: () => void = () => {}): BlockStore {
	const attempt = (action: () => void): boolean => {
		try {
			action();
			return true;
		} catch {
			return false;
		}
	};
	/** All of `bytes` from `sector` on, however little one call does; the end of the file reads as an error. */
	const whole = (bytes: Uint8Array, sector: number, call: (at: number, left: number, position: number) => number): void => {
		for (let at = 0; at < bytes.length; ) {
			const count = call(at, bytes.length - at, sector * sectorBytes + at);
			if (count === 0) throw new Error("the file became shorter");
			at += count;
		}
	};
	let open = true;
	return {
		sectors,
		readOnly,
		read: (sector, into) => attempt(() => whole(into, sector, (at, left, position) => readSync(descriptor, into, at, left, position))),
		write: (sector, data) => attempt(() => whole(data, sector, (at, left, position) => writeSync(descriptor, data, at, left, position))),
		flush: () => attempt(() => fdatasyncSync(descriptor)),
		close() {
			if (!open) return;
			open = false;
			closeSync(descriptor);
			closed();
		},
	};
}

/** An empty file for what is written, as large as the disk but sparse; gone when it is closed, and where the system allows it as soon as it is open. */
function scratchStore(sectors: number): BlockStore {
	const folder = mkdtempSync(join(tmpdir(), "doppel-snapshot-"));
	const remove = (): void => rmSync(folder, { recursive: true, force: true });
	try {
		const descriptor = openSync(join(folder, "written"), "wx+", 0o600);
		ftruncateSync(descriptor, sectors * sectorBytes);
		if (process.platform !== "win32") remove();
		return fileStore(descriptor, sectors, false, remove);
	} catch (error) {
		remove();
		throw error;
	}
}

export interface DiskOptions {
	readonly file: string;
	readonly readOnly: boolean;
	/** Writes do not reach the file: they are kept in a temporary one until the disk is closed. */
	readonly snapshot: boolean;
}

/** A disk, and which file it is: the same for every path that leads there. Throws `HostError` when the file cannot be a disk. */
export function openDisk(o: DiskOptions): { readonly store: BlockStore; readonly identity: string } {
	const writes = !o.readOnly && !o.snapshot;
	let descriptor: number;
	try {
		descriptor = openSync(o.file, writes ? "r+" : "r");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? "";
		const hint = writes && ["EACCES", "EPERM", "EROFS"].includes(code) ? ": add readonly=on or snapshot=on" : "";
		throw new HostError(`${o.file}: ${causeOf(error)}${hint}`);
	}
	try {
		const { size, dev, ino } = fstatSync(descriptor);
		if (!fstatSync(descriptor).isFile()) throw new HostError(`${o.file}: is no file: a disk is a raw image`);
		if (size === 0) throw new HostError(`${o.file}: is empty: make an image with "truncate -s 64M"`);
		if (size % sectorBytes !== 0) throw new HostError(`${o.file}: ${size} bytes are no whole number of sectors: fill it up with "truncate -s %${sectorBytes}"`);
		const sectors = size / sectorBytes;
		const file = fileStore(descriptor, sectors, !writes);
		return { store: o.snapshot && !o.readOnly ? createOverlay(file, scratchStore(sectors)) : file, identity: `${dev}:${ino}` };
	} catch (error) {
		closeSync(descriptor);
		throw error instanceof HostError ? error : new HostError(`${o.file}: ${causeOf(error)}`);
	}
}
