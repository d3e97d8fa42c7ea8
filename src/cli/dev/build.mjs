/** src/cli/main.ts in, .build/doppel.js (and the chunks it loads lazily) out; the command is linked into node_modules/.bin so that `npx doppel` finds it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundle, root } from "./newer.mjs";

const out = join(root, ".build");
mkdirSync(out, { recursive: true });
for (const file of readdirSync(out)) if (/^part-.*\.js$/.test(file)) rmSync(join(out, file));
await build({
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
	// commander is CommonJS and requires node's modules
	banner: { js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";const require = createRequire(import.meta.url);' },
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: "none",
	logLevel: "warning",
});
chmodSync(bundle, 0o755);
const bin = join(root, "node_modules/.bin");
if (process.platform !== "win32" && existsSync(bin)) {
	rmSync(join(bin, "doppel"), { force: true });
	symlinkSync("../../.build/doppel.js", join(bin, "doppel"));
}
