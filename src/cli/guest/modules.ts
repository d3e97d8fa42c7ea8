/** A folder of Linux kernel modules and the names of wanted ones in, these and all they need out, in an order in which they can be loaded. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { runTool } from "./tools.ts";

export interface KernelModule {
	readonly name: string;
	readonly data: Uint8Array;
}

/** A module's own name, as it is in `.modinfo`: with `_` for `-`. */
const nameOf = (path: string): string =>
	basename(path)
		.replace(/\.ko(\.\w+)?$/, "")
		.replaceAll("-", "_");

/** Names after `key=` in a module's `.modinfo` (texts that end in a zero). */
function listed(data: Uint8Array, key: string): string[] {
	const found = new RegExp(`\0${key}=([^\0]*)\0`).exec(Buffer.from(data).toString("latin1"))?.[1] ?? "";
	return found.split(/[,\s]+/).filter((name) => name !== "" && name !== "pre:");
}

/** Modules that are not in `folder` are taken to be in the kernel itself, unless they are among `wanted`. */
export function collectModules(folder: string, wanted: readonly string[]): KernelModule[] {
	const files = new Map<string, string>();
	for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		if (/\.ko(\.xz)?$/.test(path)) files.set(nameOf(path), join(folder, path));
	}
	const done = new Map<string, KernelModule>();
	const visit = (name: string, needed: boolean): void => {
		if (done.has(name)) return;
		const path = files.get(name);
		if (path === undefined) {
			if (needed) throw new HostError(`kernel module ${name}: is not in the package: has it become part of the kernel?`);
			return;
		}
		const data = path.endsWith(".xz") ? runTool("xz", ["-dc", path]) : new Uint8Array(readFileSync(path));
		for (const other of [...listed(data, "softdep"), ...listed(data, "depends")]) visit(other.replaceAll("-", "_"), false);
		done.set(name, { name, data });
	};
	for (const name of wanted) visit(name, true);
	return [...done.values()];
}
