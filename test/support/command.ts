/** A program and its arguments in, what it printed and its exit code out; the test's own process goes on meanwhile. */
import { spawn, spawnSync } from "node:child_process";

export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly code: number | null;
}

export function command(program: string, args: readonly string[], o: { cwd?: string; timeout?: number } = {}): Promise<Ran> {
	const child = spawn(program, args, { ...o, stdio: ["ignore", "pipe", "pipe"] });
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code) => done({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code }));
	});
}

/** Those of the programs that this machine does not have. */
export function missingOf(programs: readonly string[]): string[] {
	return programs.filter((program) => spawnSync(program, ["--version"]).status !== 0);
}
