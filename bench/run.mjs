/** Bundles bench/main.ts, or the file of this folder that is named, into .build/ and runs it. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const name = process.argv[2] ?? "main";
const out = join(root, `.build/bench-${name}.js`);
mkdirSync(join(root, ".build"), { recursive: true });
await build({
	absWorkingDir: root,
	entryPoints: [`bench/${name}.ts`],
	outfile: out,
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["binaryen", "benchmark", "acorn"],
	logLevel: "warning",
});
await import(pathToFileURL(out).href);
