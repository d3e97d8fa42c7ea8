/** Bundles bench/main.ts, or the file of this folder that the first argument names, into .build/ and runs it with the other arguments. */
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const named = /^\w+$/.test(process.argv[2] ?? "") && existsSync(join(import.meta.dirname, `${process.argv[2]}.ts`));
const name = named ? process.argv.splice(2, 1)[0] : "main";
const out = join(root, `.build/bench-${name}.mjs`);
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
