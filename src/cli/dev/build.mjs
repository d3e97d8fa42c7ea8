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
const common = {
	...{ write: false, absWorkingDir: root, outdir: out, bundle: true, format: "cjs", platform: "node", target: "node20" },
	...{ minifySyntax: true, minifyWhitespace: true, legalComments: "none", logLevel: "warning" },
};
// The thread that translates is a script of its own.
const { outputFiles: thread } = await esbuild.build({
	...common,
	entryPoints: { thread: "src/host/node/translation-thread.ts" },
	entryNames: "[name]-[hash]",
});
// The program is one script, so that V8's code for it can be kept (src/cli/boot.ts); what is imported lazily is in it and runs when it is needed.
const { outputFiles: program } = await esbuild.build({
	...common,
	entryPoints: { program: "src/cli/main.ts" },
	entryNames: "[name]-[hash]",
	external: ["binaryen"],
	// DOPPEL_BUILD names what was remembered by this build: see host/node/definition-cache.ts
	define: { DOPPEL_BUILD: JSON.stringify(Date.now().toString(36)), "import.meta.url": "address", DOPPEL_THREAD: JSON.stringify(basename(thread[0].path)) },
	banner: { js: "(function(require,Import,address){" },
	footer: { js: "})" },
	// for `doppel bench`, which says where its own time went
	sourcemap: "external",
	sourcesContent: false,
});
const made = new Set([...program, ...thread].map((file) => basename(file.path)));
const { outputFiles: boot } = await esbuild.build({
	...common,
	entryPoints: { doppel: "src/cli/boot.ts" },
	define: { DOPPEL_PROGRAM: JSON.stringify([...made].find((name) => /^program.*\.js$/.test(name))) },
	banner: { js: "#!/usr/bin/env node" },
});
// The program first, the command by renaming: whoever runs the old one while we build finds its program.
writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');
// A script that V8's code was kept for may not import, so it is given a function to do so; its name is as long as that of the other, which the map counts on.
for (const { path, contents } of thread) writeFileSync(path, contents);
for (const { path, text } of program) writeFileSync(path, text.replace(/(?<![\w$#.])import\(/g, "Import("));
const fresh = `${bundle}.${process.pid}`;
writeFileSync(fresh, boot[0].contents);
chmodSync(fresh, 0o755);
renameSync(fresh, bundle);
const anHour = 3_600_000;
for (const file of readdirSync(out)) {
	if (/^(program|thread|part)-.*\.js(\.map)?$/.test(file) && !made.has(file) && statSync(join(out, file)).mtimeMs < Date.now() - anHour)
		rmSync(join(out, file));
}
const bin = join(root, "node_modules/.bin");
if (process.platform !== "win32" && existsSync(bin)) {
	rmSync(join(bin, "doppel"), { force: true });
	symlinkSync("../../.build/doppel.js", join(bin, "doppel"));
}
// A definition that is wrong must not stop the build of the tool that says what is wrong with it.
spawnSync(process.execPath, [bundle, "isa", "remember"], { stdio: "ignore" });
// and V8's code for what a run needs
spawnSync(process.execPath, [bundle, "run"], { stdio: "ignore" });
