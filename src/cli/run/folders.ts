/** `--virtfs local,path=DIR,...` texts in, open folders of the host for the guest out. */
import { HostError } from "../../../jit/base/errors.ts";
import { openSharedFolder } from "../../host/node/shared-folder.ts";
import type { VirtioPart } from "../../machine/options.ts";
import { partsOf, propertiesOf } from "./properties.ts";

const folder = {
	form: "write local,path=DIR,mount_tag=NAME[,readonly=on]",
	// as QEMU has them; there is one security model: files belong to who runs us, and nothing is mapped
	keys: { path: null, mount_tag: null, readonly: ["on", "off"], security_model: ["none"], id: null },
} as const;
/** Bytes of a tag, as Linux takes it. */
const longestTag = 31;

/** Opens them all, or none. Throws `HostError`. */
export function openFolders(texts: readonly string[]): VirtioPart[] {
	const parts: (VirtioPart & { kind: "9p" })[] = [];
	try {
		for (const text of texts) {
			const wrong = (problem: string): HostError => new HostError(`--virtfs ${text}: ${problem}`);
			const [kind, ...properties] = partsOf(text);
			if (kind !== "local") throw wrong(`is not of the kind "local": ${folder.form}`);
			const { one } = propertiesOf("--virtfs", text, properties, folder);
			const [path, tag] = [one("path"), one("mount_tag")];
			if (path === undefined || tag === undefined) throw wrong(`names no ${path === undefined ? "path" : "mount_tag"}: ${folder.form}`);
			if (!/^[\x21-\x7e]+$/.test(tag) || tag.length > longestTag) throw wrong(`mount_tag=${tag} is no name of at most ${longestTag} letters`);
			if (parts.some((part) => part.tag === tag)) throw wrong(`mount_tag=${tag} is given twice`);
			parts.push({ kind: "9p", folder: openSharedFolder(path, { readOnly: one("readonly") === "on" }), tag });
		}
	} catch (error) {
		for (const part of parts) part.folder.closeAll();
		throw error;
	}
	return parts;
}
