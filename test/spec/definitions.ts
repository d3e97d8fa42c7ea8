/** Definition texts for the tests of the language: the folder of wrong ones, and small ones written in a test. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SpecError } from "../../jit/base/errors.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";

export const wrongFolder = new URL("./wrong/", import.meta.url).pathname;

/** A wrong definition: one file, or a folder of files; its first file's first line says `// expected: message`. */
export interface Wrong {
	readonly name: string;
	readonly first: string;
	readonly expected: string;
	readonly files: ReadonlyMap<string, string>;
}

export function wrongDefinitions(): Wrong[] {
	return readdirSync(wrongFolder)
		.sort()
		.map((entry) => {
			const path = join(wrongFolder, entry);
			const names = statSync(path).isDirectory() ? readdirSync(path).map((f) => `${entry}/${f}`) : [entry];
			const files = new Map(names.sort().map((n) => [n, readFileSync(join(wrongFolder, n), "utf8")]));
			const first = names[0] as string;
			const expected = /^\/\/ expected:(.*)/.exec(files.get(first) ?? "")?.[1]?.trim() ?? "";
			return { name: entry.replace(/\.isa\.js$/, ""), first, expected, files };
		});
}

/** What loading says: the message of its SpecError, or "loads". Anything else that is thrown goes on. */
export function verdict(files: ReadonlyMap<string, string>): string {
	try {
		loadIsa(files);
		return "loads";
	} catch (error) {
		if (error instanceof SpecError) return error.message;
		throw error;
	}
}

const toy = 'isa("toy", { title: "Toy", unit: 8, address: 16 });\nconst r = state({ a: 8, b: 8, c: 8, d: 8, sp: 16, f: 1 });\n';

/** Loads a small definition; `r` with the registers a, b, c, d, sp and f is there. */
export function loadToy(text: string): Isa {
	return loadIsa(new Map([["toy/toy.isa.js", toy + text]]));
}
