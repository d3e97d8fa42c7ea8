/** An image and options in, a machine with its console, its script and its limits out: what `run`, `profile` and `bench` begin with. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Bug, HostError } from "../../../jit/base/errors.ts";
import { createKept } from "../../../jit/cache/kept.ts";
import type { DispatchWatch } from "../../../jit/dispatch/parts.ts";
import { hostFuses } from "../../../jit/emit/wasm/fused.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { engines, type Policy, policies } from "../../../jit/tier/policy.ts";
import { createHash } from "../../base/hash.ts";
import type { Board } from "../../boards/board.ts";
import { build } from "../../host/node/definition-cache.ts";
import { definitionsFolder, readDefinitions, readExtensions } from "../../host/node/definitions.ts";
import { createDirectoryFiles } from "../../host/node/directory.ts";
import { readBytes } from "../../host/node/files.ts";
import { readGuest } from "../../host/node/guests.ts";
import { createPace, type Pace } from "../../host/node/pace.ts";
import { epochSeconds, nowMillis } from "../../host/node/time.ts";
import { openTranslations } from "../../host/node/translation-cache.ts";
import { spareThreads, threadHelper } from "../../host/node/translation-helper.ts";
import { setWasmFlags } from "../../host/node/wasm-flags.ts";
import type { Image } from "../../load/image.ts";
import { buildMachine } from "../../machine/build.ts";
import type { Machine } from "../../machine/machine.ts";
import { defaultStepsPerTick } from "../../time/clock.ts";
import { bytesOf, countOf, oneOf } from "../values.ts";
import { chooseAll, type ImageOptions } from "./choose.ts";
import { createHostConsole, type HostConsole } from "./console.ts";
import { parseDevices } from "./devices.ts";
import { openDrives } from "./drives.ts";
import { openFolders } from "./folders.ts";
import { matchCards, openNetworks, parseNetdev } from "./netdevs.ts";
import { createScript, type Script, type Step } from "./script.ts";

export interface RunOptions extends ImageOptions {
	readonly engine: string;
	readonly memory?: string;
	readonly smp: string;
	readonly threads?: string;
	readonly maxInstructions?: string;
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
	/** The folder of translations. */
	readonly cache?: string;
}

/** The guest that comes with doppel. */
function ownGuest(): string {
	const path = join(dirname(definitionsFolder()), "src/boards/guest/guest.elf");
	if (!existsSync(path)) throw new Bug(`${path} is missing: install doppel again`);
	return path;
}

export interface Limits {
	readonly instructions: number;
	/** of the host's clock */
	readonly seconds: number;
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

export interface Started {
	readonly machine: Machine;
	readonly image: Image;
	readonly board: Board;
	readonly policy: Policy;
	readonly console: HostConsole;
	readonly script: Script;
	readonly pace: Pace | null;
	readonly limits: Limits;
	/** The program's file, or the firmware's. */
	readonly path: string;
	/** Keeps translations for the next run, if that was asked for. */
	save(): void;
}

/** Bytes of a segment that count for which program it is; guest code itself is compared where it is used. */
const tellingBytes = 65536;

/** Everything beside machine and guest code that translated code depends on; to make the files of different programs different, something of the program too. */
function identityOf(image: Image, isa: Isa, o: RunOptions): unknown {
	const program = createHash();
	for (const { address, bytes, data } of image.segments) {
		program.number(address);
		program.number(bytes);
		program.add(data.subarray(0, tellingBytes));
	}
	const definition = [...readDefinitions(o.isa ?? isa.name), ...readExtensions(o.extend ?? [])];
	return [build, process.version, process.arch, hostFuses(), isa.variant, definition, image.entry, program.digest()];
}

/** Those who look on: told of what is translated, and of each byte that the guest prints. */
export interface Onlookers {
	readonly watch?: DispatchWatch;
	readonly seen?: (byte: number) => void;
}

/** After this `started.console` must be closed, whatever happens. */
export async function start(imagePath: string | undefined, args: readonly string[], given: RunOptions, { watch, seen }: Onlookers = {}): Promise<Started> {
	const o = withGuest(given);
	const policy = policies[oneOf("--engine", o.engine, engines)];
	const instructions = o.maxInstructions === undefined ? Number.MAX_SAFE_INTEGER : countOf("--max-instructions", o.maxInstructions);
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
	const threads = o.threads === undefined ? spareThreads() : countOf("--threads", o.threads, 0, 1);
	const processors = countOf("--smp", o.smp, 1, board.mostProcessors);
	// a guest with a network lives in the world's time while it waits
	const pace = netdevs.size > 0 ? createPace({ stepsPerSecond: board.timebase * defaultStepsPerTick }) : null;
	const networks = await openNetworks(netdevs, () => pace?.wake());
	const console = createHostConsole({ rawTerminal: o.rawTerminal ?? false });
	let script: Script | undefined;
	/** A guest that asks for input as such waits for what is typed, once the script is done. */
	const ask = (): Uint8Array | null => (script?.advance() || !script?.done || console.ended ? null : console.wait());
	const warn = (line: string): void => void process.stderr.write(`doppel: ${line}\n`);
	const output = (byte: number): void => {
		seen?.(byte);
		console.output(byte);
	};
	try {
		setWasmFlags();
		const file =
			o.cache === undefined ? null : openTranslations(o.cache, [identityOf(image, isa, o), policy, board.name, ramBytes ?? board.ram.bytes, processors], warn);
		const kept = file === null ? undefined : createKept(file.bytes);
		// whoever looks on wants to see all of it at its place, and what is kept is to be the same each time
		const helper = threads === 0 || watch || kept || policy.wasmAfter === 0 ? undefined : threadHelper(warn);
		const machine = buildMachine({
			...{ board, isa, image, boot, ramBytes, processors, firmwareNext, deviceTree, epoch, policy, watch, kept },
			bootArguments: o.append ?? (args.length > 0 ? [path ?? o.bios, ...args].join(" ") : ""),
			virtio: [...openDrives(o.drive ?? []), ...openFolders(o.virtfs ?? []), ...devices.parts, ...networks],
			semihosting: true,
			host: { output: seen ? output : console.output, input: ask, files, now: nowMillis, pace: pace?.pace, helper },
		});
		const save = (): void => {
			const bytes = machine.keep();
			if (bytes !== null) file?.save(bytes);
		};
		script = createScript(o.expect ?? o.send ?? [], machine.console);
		return { ...{ machine, image, board, policy, console, script, pace }, limits: { instructions, seconds }, path: path ?? o.bios!, save };
	} catch (error) {
		console.close();
		throw error;
	}
}
