/** Arguments of the command line in, what the built doppel printed and its exit code out. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { command, type Ran } from "../support/command.ts";

export const root = resolve(import.meta.dirname, "../..");
export const bundle = join(root, ".build/doppel.js");

/** Runs the bundle (build it first; `npm test` does). */
export function doppel(args: readonly string[], o: { cwd?: string; input?: string; timeout?: number } = {}): Promise<Ran> {
	if (!existsSync(bundle)) throw new Error("there is no .build/doppel.js: npm run build");
	return command(process.execPath, [bundle, ...args], { cwd: root, ...o });
}
