/** `doppel run`: an image and options in, the guest's run and its exit code out. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Bug, HostError } from "../../../jit/base/errors.ts";
import { engines, policies } from "../../../jit/tier/policy.ts";
import { definitionsFolder } from "../../host/node/definitions.ts";
import { createDirectoryFiles } from "../../host/node/directory.ts";
import { readBytes } from "../../host/node/files.ts";
import { readGuest } from "../../host/node/guests.ts";
import { createPace, type Pace } from "../../host/node/pace.ts";
import { epochSeconds, nowMillis } from "../../host/node/time.ts";
import { setWasmFlags } from "../../host/node/wasm-flags.ts";
import { buildMachine } from "../../machine/build.ts";
import type { Machine } from "../../machine/machine.ts";
import type { RunResult } from "../../machine/options.ts";
import { defaultStepsPerTick } from "../../time/clock.ts";
import { failed } from "../fail.ts";
import { bytesOf, countOf, oneOf } from "../values.ts";
import { chooseAll, type ImageOptions } from "./choose.ts";
import { createHostConsole, type HostConsole } from "./console.ts";
import { parseDevices } from "./devices.ts";
import { openDrives } from "./drives.ts";
import { openFolders } from "./folders.ts";
import { matchCards, openNetworks, parseNetdev } from "./netdevs.ts";
import { createReport, tableOf } from "./report.ts";
import { createScript, type Script, type Step } from "./script.ts";
import { createSlices } from "./slices.ts";

interface RunOptions extends ImageOptions {
	readonly engine: string;
	readonly memory?: string;
	readonly smp: string;
	readonly maxInstructions?: string;
	readonly stats?: string;
	readonly semihosting?: string;
	readonly dtb?: string;
	readonly guest?: string;
	readonly rtc: string;
	readonly append?: string;
	readonly drive?: readonly string[];
	readonly device?: readonly string[];
	readonly netdev?: readonly string[];
	readonly virtfs?: readonly string[];
	readonly rawTerminal?: boolean;
	/** The steps of both options, in order. */
	readonly expect?: readonly Step[];
	readonly send?: readonly Step[];
	readonly timeout?: string;
}

/** The guest that comes with doppel. */
function ownGuest(): string {
	const path = join(dirname(definitionsFolder()), "src/boards/guest/guest.elf");
	if (!existsSync(path)) throw new Bug(`${path} is missing: install doppel again`);
	return path;
}

interface Limits {
	readonly instructions: number;
	readonly millis: number;
}
type Ended = RunResult | { readonly reason: "left" | "met" | "timeout" };

/** Runs until the guest ends, nothing can go on, a limit is reached, the script is over or the person at the terminal leaves. What is typed waits for the script. */
async function runAll(machine: Machine, console: HostConsole, script: Script, limits: Limits, pace: Pace | null): Promise<Ended> {
	const started = nowMillis();
	const held: Uint8Array[] = [];
	const slices = createSlices();
	for (;;) {
		const millis = nowMillis() - started;
		script.advance();
		if (script.over) return { reason: "met" };
		if (millis > limits.millis) return { reason: "timeout" };
		const typed = console.poll();
		if (console.left) return { reason: "left" };
		if (typed) held.push(typed);
		if (script.done) for (const bytes of held.splice(0)) machine.input(bytes);
		const from = nowMillis();
		const result = machine.run(Math.min(slices.next(!script.done), limits.instructions - machine.spent));
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
function endLine(machine: Machine, ended: Ended, seconds: number): string {
	const { reason } = ended;
	const pc = machine.pc();
	const place = `pc ${pc < 0 ? "-" : ""}0x${Math.abs(pc).toString(16)}`;
	if (reason === "idle") return `the guest waits for an interrupt that cannot come any more (${place}, ${machine.retired} instructions)`;
	if (reason === "exit") return `the guest ended with code ${ended.code} (${machine.retired} instructions)`;
	if (reason === "timeout") return `stopped after ${seconds} s as --timeout asks (${place}, ${machine.retired} instructions)`;
	if (reason === "limit") return `stopped after ${machine.retired} instructions as --max-instructions asks (${place})`;
	return `left by Ctrl-A x (${place}, ${machine.retired} instructions)`;
}

/** What a built guest says, unless the command line says otherwise. */
function withGuest(o: RunOptions): RunOptions {
	if (o.guest === undefined) return o;
	const { kernel, initrd, drives, append, memory } = readGuest(o.guest);
	const { isTTY, columns, rows } = process.stdout;
	// what it writes is forgotten, so that the next run begins alike
	const drive = drives.map((file) => `file=${file},snapshot=on`);
	return { kernel, initrd, append: isTTY ? `${append} size=${columns}x${rows}` : append, memory, drive, ...o };
}

export async function run(imagePath: string | undefined, args: readonly string[], given: RunOptions): Promise<void> {
	const o = withGuest(given);
	const engine = oneOf("--engine", o.engine, engines);
	const stats = o.stats === undefined ? undefined : oneOf("--stats", o.stats, ["table", "json"] as const);
	const limit = o.maxInstructions === undefined ? Number.MAX_SAFE_INTEGER : countOf("--max-instructions", o.maxInstructions);
	const ramBytes = o.memory === undefined ? undefined : bytesOf("-m", o.memory);
	const deviceTree = o.dtb === undefined ? undefined : readBytes(o.dtb);
	const seconds = o.timeout === undefined ? Number.POSITIVE_INFINITY : countOf("--timeout", o.timeout, 1);
	const files = o.semihosting === undefined ? null : createDirectoryFiles(o.semihosting);
	const devices = parseDevices(o.device ?? []);
	const netdevs = matchCards((o.netdev ?? []).map(parseNetdev), devices.cards);
	if (imagePath !== undefined && o.kernel !== undefined) throw new HostError(`--kernel ${o.kernel}: the program is ${imagePath} already: give one of them`);
	const path = imagePath ?? o.kernel ?? (o.bios === undefined ? ownGuest() : undefined);
	const { image, board, isa, boot, firmwareNext } = await chooseAll(path, { ...o, ramBytes });
	const epoch = o.rtc === "now" ? epochSeconds() : countOf("--rtc", o.rtc);
	const processors = countOf("--smp", o.smp, 1, board.mostProcessors);
	// a guest with a network lives in the world's time while it waits
	const pace = netdevs.size > 0 ? createPace({ stepsPerSecond: board.timebase * defaultStepsPerTick }) : null;
	const networks = await openNetworks(netdevs, () => pace?.wake());
	const console = createHostConsole({ rawTerminal: o.rawTerminal ?? false });
	const policy = policies[engine];
	let result: Ended;
	let machine: Machine;
	let script: Script | undefined;
	/** A guest that asks for input as such waits for what is typed, once the script is done. */
	const ask = (): Uint8Array | null => (script?.advance() || !script?.done || console.ended ? null : console.wait());
	const times = { from: 0, to: 0 };
	try {
		setWasmFlags();
		machine = buildMachine({
			...{ board, isa, image, boot, ramBytes, processors, firmwareNext, deviceTree, epoch, policy },
			bootArguments: o.append ?? (args.length > 0 ? [path ?? o.bios, ...args].join(" ") : ""),
			virtio: [...openDrives(o.drive ?? []), ...openFolders(o.virtfs ?? []), ...devices.parts, ...networks],
			semihosting: true,
			host: { output: console.output, input: ask, files, now: nowMillis, pace: pace?.pace },
		});
		times.from = nowMillis();
		script = createScript(o.expect ?? o.send ?? [], machine.console);
		result = await runAll(machine, console, script, { instructions: limit, millis: 1000 * seconds }, pace);
		times.to = nowMillis();
		machine.close();
		console.flush();
	} finally {
		console.close();
	}
	if (result.reason === "exit" && script.done) process.exitCode = result.code & 255;
	else if (result.reason === "met") process.exitCode = 0;
	else {
		process.exitCode = result.reason === "left" ? 0 : failed;
		process.stderr.write(`doppel: ${script.done || result.reason === "left" ? "" : `${script.waitsFor()}: `}${endLine(machine, result, seconds)}\n`);
	}
	if (stats === undefined) return;
	const report = createReport(machine, {
		...{ board: board.name, timebase: board.timebase, engine },
		seconds: (times.to - times.from) / 1000,
		startSeconds: times.from / 1000,
	});
	process.stderr.write(stats === "json" ? `${JSON.stringify(report)}\n` : `\n${tableOf(report)}`);
}
