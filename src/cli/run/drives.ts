/** `--drive file=F,...` texts in, open disks out. */
import { HostError } from "../../../jit/base/errors.ts";
import { type DiskOptions, openDisk } from "../../host/node/disk.ts";
import type { VirtioPart } from "../../machine/options.ts";

const form = "write file=disk.img[,readonly=on][,snapshot=on][,format=raw]";
/** What each key may be; null: any text. `if` and `id` are taken as QEMU has them: there is one way to connect a disk. */
const keys: Record<string, readonly string[] | null> = {
	file: null,
	readonly: ["on", "off"],
	snapshot: ["on", "off"],
	format: ["raw"],
	if: ["none", "virtio"],
	id: null,
};

/** Commas separate; two of them are one comma of a name. Throws `HostError`. */
export function parseDrive(text: string): DiskOptions & { readonly id: string | undefined } {
	const given = new Map<string, string>();
	const wrong = (problem: string): HostError => new HostError(`--drive ${text}: ${problem}`);
	for (const part of text.split(/(?<!,),(?!,)|(?<=,,),(?!,)/).map((one) => one.replaceAll(",,", ","))) {
		const [, key, value] = /^([a-z]+)=(.*)$/s.exec(part) ?? [];
		if (key === undefined || value === undefined || value === "") throw wrong(`"${part}" is not KEY=VALUE: ${form}`);
		const allowed = Object.hasOwn(keys, key) ? keys[key] : undefined;
		if (allowed === undefined) throw wrong(`"${key}" is not one of ${Object.keys(keys).join(", ")}`);
		if (allowed !== null && !allowed.includes(value)) throw wrong(`${key}=${value} is not one of ${allowed.map((one) => `${key}=${one}`).join(", ")}`);
		if (given.has(key)) throw wrong(`${key} is given twice`);
		given.set(key, value);
	}
	const file = given.get("file");
	if (file === undefined) throw wrong(`names no file: ${form}`);
	return { file, readOnly: given.get("readonly") === "on", snapshot: given.get("snapshot") === "on", id: given.get("id") };
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
