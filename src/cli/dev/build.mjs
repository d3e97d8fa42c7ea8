/** src/cli/main.ts in, .build/doppel.js (and the chunks it loads lazily) out; the command is linked into node_modules/.bin so that `npx doppel` finds it. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle, root } from "./newer.mjs";

const esbuild = await import("esbuild").catch(() => null);
if (!esbuild) {
	// npx prepares a checkout that was never installed: the command itself (doppel.mjs) does the rest
	if (process.env.npm_lifecycle_event === "prepare") process.exit(0);
	process.stderr.write("doppel: esbuild is not installed: npm install\n");
	process.exit(1);
}
const out = join(root, ".build");
mkdirSync(out, { recursive: true });
const { outputFiles } = await esbuild.build({
	write: false,
	absWorkingDir: root,
	entryPoints: { doppel: "src/cli/main.ts" },
	outdir: out,
	bundle: true,
	splitting: true,
	chunkNames: "part-[name]-[hash]",
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["binaryen"],
	// names what was remembered by this build: see host/node/definition-cache.ts
	define: { DOPPEL_BUILD: JSON.stringify(Date.now().toString(36)) },
	// commander is CommonJS and requires node's modules
	banner: { js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";const require = createRequire(import.meta.url);' },
	// for `doppel bench`, which says where its own time went
	sourcemap: "external",
	sourcesContent: false,
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: "none",
	logLevel: "warning",
});
// Parts first, the bundle by renaming: whoever runs the old one while we build finds all of its parts.
const made = new Set(outputFiles.map((file) => basename(file.path)));
for (const { path, contents } of outputFiles) if (path !== bundle) writeFileSync(path, contents);
const fresh = `${bundle}.${process.pid}`;
writeFileSync(fresh, outputFiles.find((file) => file.path === bundle).contents);
chmodSync(fresh, 0o755);
renameSync(fresh, bundle);
const anHour = 3_600_000;
for (const file of readdirSync(out)) {
	if (/^part-.*\.js(\.map)?$/.test(file) && !made.has(file) && statSync(join(out, file)).mtimeMs < Date.now() - anHour) rmSync(join(out, file));
}
const bin = join(root, "node_modules/.bin");
if (process.platform !== "win32" && existsSync(bin)) {
	rmSync(join(bin, "doppel"), { force: true });
	symlinkSync("../../.build/doppel.js", join(bin, "doppel"));
}
// A definition that is wrong must not stop the build of the tool that says what is wrong with it.
spawnSync(process.execPath, [bundle, "isa", "remember"], { stdio: "ignore" });
