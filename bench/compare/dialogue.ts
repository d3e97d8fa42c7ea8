/** A command, and the texts its console shows one after the other, in; the time and processor time when each of them came out. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Step {
	readonly expect: string;
	/** Typed when the text has come. */
	readonly send?: string;
}
export interface Moment {
	/** Seconds since the start. */
	readonly wall: number;
	/** Seconds of the processor in the program so far; NaN where /proc does not tell. */
	readonly user: number;
}
export interface Talk {
	/** One a step, as far as they came. */
	readonly moments: readonly Moment[];
	readonly errors: string;
	/** What the console showed after the last text that came. */
	readonly rest: string;
}

/** Linux counts in hundredths of a second. */
const ticksPerSecond = 100;

function userSeconds(pid: number | undefined): number {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
			.replace(/^.*\) /s, "")
			.split(" ");
		return Number(fields[11]) / ticksPerSecond;
	} catch {
		return Number.NaN;
	}
}

/** Ends the program when the last text has come (`ends`: it does so itself) or the time is over. */
export function talk(
	program: string,
	args: readonly string[],
	steps: readonly Step[],
	o: { readonly ends: boolean; readonly limitSeconds: number },
): Promise<Talk> {
	const from = performance.now();
	const child = spawn(program, args);
	const moments: Moment[] = [];
	let printed = "";
	let errors = "";
	child.stdin.on("error", () => {});
	child.stdout.on("data", (chunk: Buffer) => {
		printed += chunk.toString("latin1");
		for (let step = steps[moments.length]; step !== undefined; step = steps[moments.length]) {
			const at = printed.indexOf(step.expect);
			if (at < 0) return;
			printed = printed.slice(at + step.expect.length);
			moments.push({ wall: (performance.now() - from) / 1000, user: userSeconds(child.pid) });
			if (step.send !== undefined) child.stdin.write(step.send);
		}
		if (!o.ends) child.kill();
	});
	child.stderr.on("data", (chunk: Buffer) => {
		errors += chunk.toString();
	});
	const limit = setTimeout(() => child.kill("SIGKILL"), o.limitSeconds * 1000);
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", () => {
			clearTimeout(limit);
			done({ moments, errors, rest: printed });
		});
	});
}
