/** Name of a sketch in, the texts of its definition out. */
import { readdirSync, readFileSync } from "node:fs";

export const sketchNames: readonly string[] = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map((entry) => entry.name)
	.sort();

export function readSketch(name: string): Map<string, string> {
	const folder = new URL(`${name}/`, import.meta.url);
	const files = readdirSync(folder).filter((f) => f.endsWith(".isa.js"));
	return new Map(files.sort().map((f) => [`${name}/${f}`, readFileSync(new URL(f, folder), "utf8")]));
}
