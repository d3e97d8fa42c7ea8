/** Files of the project in, whether the build is older than any of them out. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const bundle = join(root, ".build/doppel.js");

/** The newest modification time below `folder` of files that end in one of `ends`, in milliseconds. */
function newest(folder, ends) {
	let latest = 0;
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) latest = Math.max(latest, newest(path, ends));
		else if (ends.some((end) => entry.name.endsWith(end))) latest = Math.max(latest, statSync(path).mtimeMs);
	}
	return latest;
}

/** True when there is no build or a source is newer than it. */
export function buildIsOld() {
	if (!existsSync(bundle)) return true;
	const built = statSync(bundle).mtimeMs;
	return ["jit", "src"].some((folder) => newest(join(root, folder), [".ts", ".mjs"]) > built) || statSync(join(root, "package.json")).mtimeMs > built;
}
