/** A machine that was started in, its run to the end out; and how a run that the guest did not end itself ended, in one line. */
import { nowMillis } from "../../host/node/time.ts";
import type { RunResult } from "../../machine/options.ts";
import { failed } from "../fail.ts";
import { createSlices } from "./slices.ts";
import type { Started } from "./start.ts";

type Ended = RunResult | { readonly reason: "left" | "met" | "timeout" };

/** As `machine.run`: for those who look on. */
export type Run = (instructions: number) => RunResult;

/** Runs until the guest ends, nothing can go on, a limit is reached, the script is over or the person at the terminal leaves. What is typed waits for the script. */
async function runAll({ machine, console, script, limits, pace }: Started, run: Run = machine.run): Promise<Ended> {
	const started = nowMillis();
	const held: Uint8Array[] = [];
	const slices = createSlices();
	for (;;) {
		const millis = nowMillis() - started;
		script.advance();
		if (script.over) return { reason: "met" };
		if (millis > 1000 * limits.seconds) return { reason: "timeout" };
		const typed = console.poll();
		if (console.left) return { reason: "left" };
		if (typed) held.push(typed);
		if (script.done) for (const bytes of held.splice(0)) machine.input(bytes);
		const from = nowMillis();
		const result = run(Math.min(slices.next(!script.done), limits.instructions - machine.spent));
		// a run that came back to wait says nothing about how fast the guest is
		if (result.reason !== "waits") slices.took(nowMillis() - from);
		if (result.reason === "idle") {
			if (script.advance() || script.over) continue;
			const bytes = console.ended || !script.done ? null : console.wait();
			if (console.left) return { reason: "left" };
			if (bytes === null) return result;
			machine.input(bytes);
		} else if ((result.reason !== "limit" && result.reason !== "waits") || machine.spent >= limits.instructions) {
			script.advance();
			return script.over ? { reason: "met" } : result;
		} else console.flush();
		await pace?.rest(result.reason === "waits" ? result.wait : undefined);
	}
}

/** Why a run ended other than by the guest itself, in one line. */
function endLine({ machine, limits }: Started, ended: Ended): string {
	const { reason } = ended;
	const pc = machine.pc();
	const place = `pc ${pc < 0 ? "-" : ""}0x${Math.abs(pc).toString(16)}`;
	if (reason === "idle") return `the guest waits for an interrupt that cannot come any more (${place}, ${machine.retired} instructions)`;
	if (reason === "exit") return `the guest ended with code ${ended.code} (${machine.retired} instructions)`;
	if (reason === "timeout") return `stopped after ${limits.seconds} s as --timeout asks (${place}, ${machine.retired} instructions)`;
	if (reason === "limit") return `stopped after ${machine.retired} instructions as --max-instructions asks (${place})`;
	return `left by Ctrl-A x (${place}, ${machine.retired} instructions)`;
}

/** Runs it all and closes everything. Sets the process's exit code: the guest's own, or 0 or 2 with a line on stderr. */
export async function runWhole(started: Started, run?: Run): Promise<void> {
	const { machine, console, script } = started;
	let result: Ended;
	try {
		result = await runAll(started, run);
		machine.close();
		started.save();
		console.flush();
	} finally {
		console.close();
	}
	if (result.reason === "exit" && script.done) process.exitCode = result.code & 255;
	else if (result.reason === "met") process.exitCode = 0;
	else {
		process.exitCode = result.reason === "left" ? 0 : failed;
		process.stderr.write(`doppel: ${script.done || result.reason === "left" ? "" : `${script.waitsFor()}: `}${endLine(started, result)}\n`);
	}
}
