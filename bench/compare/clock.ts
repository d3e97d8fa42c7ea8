/** A command in; its output, its processor time, its time on the wall and its largest memory out. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export interface Measured {
	readonly output: string;
	readonly errors: string;
	readonly code: number | null;
	/** Seconds of the processor in the program and in the system for it. */
	readonly user: number;
	readonly system: number;
	/** Seconds from start to end. */
	readonly wall: number;
	/** The largest resident set, in bytes; null where /proc does not tell. */
	readonly peakBytes: number | null;
}

/** bash counts milliseconds, other shells may count hundredths. */
const shell = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
/** The second line of `times` is what the shell's children took. */
const script = '"$@" 3>&-; code=$?; times >&3; exit $code';
const pollMillis = 20;

function seconds(text: string | undefined): number {
	const [, minutes, rest] = /(\d+)m([\d.]+)s/.exec(text ?? "") ?? [];
	return Number(minutes) * 60 + Number(rest);
}

/** VmHWM of the only child of a process: a high-water mark, so looking now and then is enough. */
function peakOfChild(parent: number | undefined): number | null {
	try {
		const child = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim();
		const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child}/status`, "utf8")) ?? [];
		return kibibytes === undefined ? null : Number(kibibytes) * 1024;
	} catch {
		return null;
	}
}

/** Runs a program to its end, or until the time is over; never throws for what the program does. */
export function measure(program: string, args: readonly string[], limitSeconds = 600): Promise<Measured> {
	const from = performance.now();
	const child = spawn(shell, ["-c", script, "bench", program, ...args], { stdio: ["ignore", "pipe", "pipe", "pipe"], detached: true });
	const texts = [1, 2, 3].map((fd) => {
		const text = { value: "" };
		(child.stdio[fd] as NodeJS.ReadableStream).on("data", (chunk: Buffer) => {
			text.value += chunk.toString("latin1");
		});
		return text;
	});
	let peakBytes: number | null = null;
	const poll = setInterval(() => {
		peakBytes = Math.max(peakBytes ?? 0, peakOfChild(child.pid) ?? 0) || null;
	}, pollMillis);
	// the shell leads a group of its own: both it and the program end
	const limit = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"), limitSeconds * 1000);
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", (code) => {
			clearInterval(poll);
			clearTimeout(limit);
			const [output, errors, times] = texts.map((t) => t.value) as [string, string, string];
			const [user, system] = (times.trim().split("\n")[1] ?? "").split(" ");
			done({ output, errors, code, user: seconds(user), system: seconds(system), wall: (performance.now() - from) / 1000, peakBytes });
		});
	});
}
