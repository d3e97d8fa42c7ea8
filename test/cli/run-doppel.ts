/** Arguments of the command line in, what the built doppel printed and its exit code out. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
const bundle = join(root, ".build/doppel.js");

export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly code: number | null;
	readonly signal: string | null;
}

/** Runs the bundle (build it first; `npm test` does). */
export function doppel(args: readonly string[], o: { cwd?: string; input?: string; timeout?: number } = {}): Ran {
	if (!existsSync(bundle)) throw new Error("there is no .build/doppel.js: npm run build");
	const { stdout, stderr, status, signal } = spawnSync(process.execPath, [bundle, ...args], {
		cwd: o.cwd ?? root,
		input: o.input ?? "",
		timeout: o.timeout ?? 100_000,
		encoding: "utf8",
		maxBuffer: 2 ** 26,
	});
	return { stdout, stderr, code: status, signal };
}
