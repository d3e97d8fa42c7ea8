/** `--drive file=F,...` texts in, open disks out. */
import { HostError } from "../../../jit/base/errors.ts";
import { type DiskOptions, openDisk } from "../../host/node/disk.ts";
import type { VirtioPart } from "../../machine/options.ts";
import { partsOf, propertiesOf } from "./properties.ts";

const drive = {
	form: "write file=disk.img[,readonly=on][,snapshot=on][,format=raw]",
	// `if` and `id` are taken as QEMU has them: there is one way to connect a disk
	keys: { file: null, readonly: ["on", "off"], snapshot: ["on", "off"], format: ["raw"], if: ["none", "virtio"], id: null },
} as const;

/** Throws `HostError`. */
export function parseDrive(text: string): DiskOptions & { readonly id: string | undefined } {
	const { one } = propertiesOf("--drive", text, partsOf(text), drive);
	const file = one("file");
	if (file === undefined) throw new HostError(`--drive ${text}: names no file: ${drive.form}`);
	return { file, readOnly: one("readonly") === "on", snapshot: one("snapshot") === "on", id: one("id") };
}

/** Opens them all, or none. Throws `HostError` also when one file is two disks and one of them writes to it. */
export function openDrives(texts: readonly string[]): VirtioPart[] {
	const wanted = texts.map(parseDrive);
	const parts: (VirtioPart & { kind: "block" })[] = [];
	const seen = new Map<string, boolean>();
	try {
		for (const drive of wanted) {
			const { store, identity } = openDisk(drive);
			parts.push({ kind: "block", store, ...(drive.id === undefined ? {} : { id: drive.id }) });
			const writes = !drive.readOnly && !drive.snapshot;
			const before = seen.get(identity);
			if (before !== undefined && (before || writes)) throw new HostError(`--drive file=${drive.file}: is given twice: add snapshot=on or readonly=on to both`);
			seen.set(identity, writes);
		}
	} catch (error) {
		for (const { store } of parts) store.close();
		throw error;
	}
	return parts;
}
