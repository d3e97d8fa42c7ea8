/** A folder in, a raw disk image with its files in an ext4 file system out: by mke2fs, without root. */
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { runTool } from "./tools.ts";

export interface DiskImage {
	readonly path: string;
	/** What is in the file system. */
	readonly folder: string;
	/** A number of its own: the last part of its UUID. */
	readonly number: number;
	readonly label: string;
	readonly mebibytes: number;
	/** The file system lies in the first partition, marked as bootable; else it is the whole disk. */
	readonly partition?: boolean;
}

const mebibyte = 2 ** 20;
const sectorBytes = 512;
const Type = { linux: 0x83 } as const;
/** Cylinder, head and sector of partitions that are described by sector numbers alone. */
const beyond = [0xfe, 0xff, 0xff];

/** A master boot record with one partition, of whole sectors. */
export function bootRecord(from: number, count: number): Uint8Array {
	const out = new Uint8Array(sectorBytes);
	const view = new DataView(out.buffer);
	out.set([0x80, ...beyond, Type.linux, ...beyond], 446);
	view.setUint32(454, from, true);
	view.setUint32(458, count, true);
	view.setUint16(510, 0xaa55, true);
	return out;
}

/** Throws `HostError` when mke2fs fails. */
export function makeDisk(o: DiskImage): void {
	const id = `646f7070-656c-4000-8000-${String(o.number).padStart(12, "0")}`;
	const offset = o.partition ? mebibyte : 0;
	const settings = [`root_owner=0:0,hash_seed=${id},lazy_itable_init=0,lazy_journal_init=0`, ...(offset ? [`offset=${offset}`] : [])].join(",");
	rmSync(o.path, { force: true });
	runTool("mke2fs", ["-q", "-t", "ext4", "-U", id, "-L", o.label, "-E", settings, "-d", o.folder, o.path, `${o.mebibytes}M`], {
		env: { E2FSPROGS_FAKE_TIME: "1" },
	});
	if (!o.partition) return;
	const file = openSync(o.path, "r+");
	writeSync(file, bootRecord(offset / sectorBytes, (o.mebibytes * mebibyte) / sectorBytes), 0, sectorBytes, 0);
	ftruncateSync(file, offset + o.mebibytes * mebibyte);
	closeSync(file);
}
