/** Makes a fresh clone ready: installs what package-lock.json names when it is not there, builds when a source is newer. Uses node's own modules only. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildIsOld, root } from "./newer.mjs";

function run(command, args) {
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
	if (status !== 0) {
		process.stderr.write(`doppel: \`${command} ${args.join(" ")}\` failed${error ? `: ${error.message}` : ""}\n`);
		process.exit(status ?? 1);
	}
}

const installed = join(root, "node_modules/.package-lock.json");
const lock = join(root, "package-lock.json");
if (!existsSync(installed) || statSync(lock).mtimeMs > statSync(installed).mtimeMs + 1000) run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
if (buildIsOld()) run(process.execPath, [join(root, "src/cli/dev/build.mjs")]);
