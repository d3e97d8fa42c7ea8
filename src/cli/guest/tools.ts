/** Programs of the host in, what they printed out: for building guests, which is done with a system's own tools. */
import { spawnSync } from "node:child_process";
import { HostError } from "../../../jit/base/errors.ts";

export interface ToolOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly input?: Uint8Array;
	/** Its messages go to our stderr as they come. */
	readonly loud?: boolean;
}

/** Is there a program of that name? */
export function hasTool(name: string): boolean {
	return spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** Runs it to its end; answers its standard output. Throws `HostError` with its last line when it fails. */
export function runTool(name: string, args: readonly string[], o: ToolOptions = {}): Uint8Array {
	const done = spawnSync(name, args, {
		...(o.cwd === undefined ? {} : { cwd: o.cwd }),
		...(o.input === undefined ? {} : { input: o.input }),
		env: { ...process.env, LC_ALL: "C", ...o.env },
		stdio: [o.input === undefined ? "ignore" : "pipe", "pipe", o.loud ? "inherit" : "pipe"],
		maxBuffer: 2 ** 31 - 1,
	});
	if (done.error) throw new HostError(`${name}: cannot be run (${(done.error as NodeJS.ErrnoException).code ?? done.error.message}): is it installed?`);
	if (done.status !== 0) {
		const last = o.loud ? "see above" : String(done.stderr).trim().split("\n").at(-1);
		throw new HostError(`${[name, ...args].slice(0, 3).join(" ")}: ended with ${done.status ?? done.signal}: ${last}`);
	}
	return done.stdout;
}

/** The same as text. */
export const runToolText = (name: string, args: readonly string[], o?: ToolOptions): string => new TextDecoder().decode(runTool(name, args, o));
