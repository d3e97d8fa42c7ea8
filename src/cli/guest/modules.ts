/** A folder of Linux kernel modules and the names of wanted ones in, these and all they need out, with the tables that `modprobe` reads. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { runTool } from "./tools.ts";

export interface KernelModule {
	/** As in the package, with how it is packed: `ext4.ko.xz`. */
	readonly file: string;
	readonly data: Uint8Array;
	/** Other names that ask for it: devices, file systems. */
	readonly aliases: readonly string[];
	/** Files that must be loaded before it, the last needed first. */
	readonly needs: readonly string[];
}

/** A module's own name, as it is in `.modinfo`: with `_` for `-`. */
const nameOf = (path: string): string =>
	basename(path)
		.replace(/\.ko(\.\w+)?$/, "")
		.replaceAll("-", "_");

/** Texts of `.modinfo` in an unpacked module (`key=value`, each ends in a zero): the values of a key. */
function valuesOf(unpacked: Uint8Array, key: string): string[] {
	const text = Buffer.from(unpacked).toString("latin1");
	return [...text.matchAll(new RegExp(`(?<=\0)${key}=([^\0]*)\0`, "g"))].map((found) => found[1]!);
}

/** Modules that are not in `folder` are taken to be in the kernel itself, unless they are among `wanted`. */
export function collectModules(folder: string, wanted: readonly string[]): KernelModule[] {
	const files = new Map<string, string>();
	for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		if (/\.ko(\.xz)?$/.test(path)) files.set(nameOf(path), join(folder, path));
	}
	const done = new Map<string, KernelModule>();
	const visit = (name: string, needed: boolean): KernelModule | undefined => {
		const known = done.get(name);
		if (known) return known;
		const path = files.get(name);
		if (path === undefined) {
			if (needed) throw new HostError(`kernel module ${name}: is not in the package: has it become part of the kernel?`);
			return undefined;
		}
		const data = new Uint8Array(readFileSync(path));
		const unpacked = path.endsWith(".xz") ? runTool("xz", ["-dc", path]) : data;
		const names = [...valuesOf(unpacked, "softdep").filter((text) => text.startsWith("pre:")), ...valuesOf(unpacked, "depends")]
			.flatMap((text) => text.replace("pre:", "").split(/[,\s]+/))
			.filter((other) => other !== "");
		const needs = new Set<string>();
		for (const other of names) {
			const found = visit(other.replaceAll("-", "_"), false);
			if (found) for (const file of [found.file, ...found.needs]) needs.add(file);
		}
		const module = { file: basename(path), data, aliases: valuesOf(unpacked, "alias"), needs: [...needs] };
		done.set(name, module);
		return module;
	};
	for (const name of wanted) visit(name, true);
	return [...done.values()];
}

/** `modules.dep`: what must be loaded before each. */
export const dependencyTable = (modules: readonly KernelModule[]): string =>
	modules.map(({ file, needs }) => `${file}:${needs.map((other) => ` ${other}`).join("")}\n`).join("");

/** `modules.alias`: which one answers to a name (with `*` and `?`). */
export const aliasTable = (modules: readonly KernelModule[]): string =>
	modules.flatMap(({ file, aliases }) => aliases.map((alias) => `alias ${alias} ${nameOf(file)}\n`)).join("");
