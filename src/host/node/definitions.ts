/** Names of instruction sets in, the texts of their definitions out: read at run time from the package's isa/ folder. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Bug, HostError } from "../../../jit/base/errors.ts";
import { causeOf, readText } from "./files.ts";

/** The package's isa/ folder, found upwards from this file (bundled or not). */
export function definitionsFolder(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	for (;;) {
		if (existsSync(join(folder, "isa/isa.d.ts"))) return join(folder, "isa");
		const above = dirname(folder);
		if (above === folder) throw new Bug("the package's isa/ folder is missing: install doppel again");
		folder = above;
	}
}

function definitionFiles(folder: string): string[] {
	try {
		return readdirSync(folder)
			.filter((name) => name.endsWith(".isa.js"))
			.sort();
	} catch (error) {
		throw new HostError(`${folder}: ${causeOf(error)}`);
	}
}

/** Names of the ISAs that come with the package. */
export function isaNames(): string[] {
	const folder = definitionsFolder();
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && definitionFiles(join(folder, entry.name)).length > 0)
		.map((entry) => entry.name)
		.sort();
}

/** The folder of an ISA: one that comes with the package, or any folder of *.isa.js files when the name holds a slash. */
export function isaFolder(name: string): string {
	if (name.includes("/") || name === ".") {
		if (definitionFiles(name).length === 0) throw new HostError(`${name}: holds no *.isa.js files`);
		return name;
	}
	const known = isaNames();
	if (!known.includes(name))
		throw new HostError(`unknown ISA "${name}": known are ${known.join(", ")}; a folder of *.isa.js files is named with a slash, such as ./${name}`);
	return join(definitionsFolder(), name);
}

/** All definition files of an ISA: "name/file.isa.js" -> text. */
export function readDefinitions(name: string): Map<string, string> {
	const folder = isaFolder(name);
	return new Map(definitionFiles(folder).map((file) => [`${basename(folder) === "." ? "isa" : basename(folder)}/${file}`, readText(join(folder, file))]));
}

/** Files given on the command line: path -> text. */
export function readExtensions(paths: readonly string[]): Map<string, string> {
	return new Map(paths.map((path) => [path, readText(path)]));
}
