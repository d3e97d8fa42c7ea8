/** Makes a fresh clone ready: installs what package-lock.json names when it is not there, builds when a source is newer. Uses node's own modules only. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildIsOld, root } from "./newer.mjs";

/** Did the command end well? Its output is only for people, so it goes to stderr. */
function runs(command, args) {
	return spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" }).status === 0;
}

function must(done, what) {
	if (done) return;
	process.stderr.write(`doppel: ${what} failed\n`);
	process.exit(1);
}

const installed = join(root, "node_modules/.package-lock.json");
const lock = join(root, "package-lock.json");
const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
if (!existsSync(installed) || statSync(lock).mtimeMs > statSync(installed).mtimeMs + 1000) {
	// `npm ci` is strict about packages for other systems, which not every registry has
	must(runs("npm", ["ci", ...quiet]) || runs("npm", ["install", "--no-save", ...quiet]), "`npm ci`");
}
if (buildIsOld()) must(runs(process.execPath, [join(root, "src/cli/dev/build.mjs")]), "the build");
