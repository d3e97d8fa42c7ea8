/** Arguments of the command line in, what the built doppel printed and its exit code out. */
import { spawn } from "node:child_process";
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
export function doppel(args: readonly string[], o: { cwd?: string; input?: string; timeout?: number } = {}): Promise<Ran> {
	if (!existsSync(bundle)) throw new Error("there is no .build/doppel.js: npm run build");
	const child = spawn(process.execPath, [bundle, ...args], { cwd: o.cwd ?? root, timeout: o.timeout ?? 100_000, stdio: "pipe" });
	const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
	child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
	// a guest that ends before it has read everything is no error of ours
	child.stdin.on("error", () => {});
	child.stdin.end(o.input ?? "");
	const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString("utf8");
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code, signal) => done({ stdout: text("stdout"), stderr: text("stderr"), code, signal }));
	});
}
