/** A program and its arguments in, what it printed and its exit code out; the test's own process goes on meanwhile. */
import { spawn, spawnSync } from "node:child_process";

export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly code: number | null;
	readonly signal: string | null;
}

export function command(program: string, args: readonly string[], o: { cwd?: string; input?: string; timeout?: number } = {}): Promise<Ran> {
	const child = spawn(program, args, { ...(o.cwd === undefined ? {} : { cwd: o.cwd }), timeout: o.timeout ?? 100_000, stdio: "pipe" });
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
	// a program that ends before it has read everything is no error of ours
	child.stdin.on("error", () => {});
	child.stdin.end(o.input ?? "");
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code, signal) => done({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code, signal }));
	});
}

/** Those of the programs that this machine does not have. */
export function missingOf(programs: readonly string[]): string[] {
	return programs.filter((program) => spawnSync(program, ["--version"]).status !== 0);
}
