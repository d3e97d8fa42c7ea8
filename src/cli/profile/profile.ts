/** `doppel profile`: an image and options in, the guest's run, two files of stacks and a table of its functions on stderr out. */
import { basename } from "node:path";
import { addressText, createSymbols, type NamedSample, nameSamples } from "../../debug/profile/frames.ts";
import { createLook } from "../../debug/profile/look.ts";
import { collapsedOf, hottest, speedscopeOf } from "../../debug/profile/outputs.ts";
import { createSampler } from "../../debug/profile/sampler.ts";
import { harmless } from "../../debug/profile/symbols.ts";
import { createUnwinder } from "../../debug/profile/unwind.ts";
import { readBytes, writeBytes } from "../../host/node/files.ts";
import { loadElf } from "../../load/elf.ts";
import type { ImageSymbols } from "../../load/image.ts";
import { loadSymbolList } from "../../load/symbol-list.ts";
import { type RunOptions, start } from "../run/start.ts";
import { runWhole } from "../run/whole.ts";
import { countOf } from "../values.ts";

interface ProfileOptions extends RunOptions {
	readonly output: string;
	readonly interval: string;
	readonly symbols?: readonly string[];
	readonly top: string;
}

function readSymbols(path: string): ImageSymbols {
	const file = readBytes(path);
	return file[0] === 0x7f ? loadElf(file).symbols : loadSymbolList(file);
}
const grouped = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ",");

function table(samples: readonly NamedSample[], bits: number, top: number): string {
	const sum = samples.reduce((all, { weight }) => all + weight, 0);
	const share = (n: number): string => `${((100 * n) / sum).toFixed(1)} %`.padStart(8);
	const functions = hottest(samples).filter(({ own }) => own > 0);
	const rows = functions
		.slice(0, top)
		.map(({ own, all, frame }) => `${share(own)} ${share(all)}  ${addressText(frame.address, bits).padEnd(18)}  ${frame.name}`);
	const more = functions.length > top ? [`(${functions.length - top} more)`] : [];
	return `${["    self    total  address             function", ...rows, ...more].join("\n")}\n`;
}

export async function profile(imagePath: string | undefined, args: readonly string[], o: ProfileOptions): Promise<void> {
	const interval = countOf("--interval", o.interval, 1, 2 ** 30);
	const top = countOf("--top", o.top, 1);
	const more = (o.symbols ?? []).map(readSymbols);
	const collapsedPath = `${o.output.replace(/(\.speedscope)?\.json$/, "")}.collapsed.txt`;
	// before the run, not after an hour of it
	for (const path of [o.output, collapsedPath]) writeBytes(path, "");
	const started = await start(imagePath, args, o);
	const { machine, image, path } = started;
	const symbols = createSymbols([image.symbols, ...more]);
	const unwinder = createUnwinder(createLook(machine), symbols.at);
	const sampler = createSampler(machine, unwinder, interval);
	await runWhole(started, sampler.run);
	const bits = machine.isa.addressBits;
	const samples = nameSamples(sampler.samples(), symbols, unwinder.functions, { processors: machine.processors.length, bits });
	const name = harmless(basename(path));
	writeBytes(o.output, `${JSON.stringify(speedscopeOf(samples, name))}\n`);
	writeBytes(collapsedPath, collapsedOf(samples));
	const head = `${grouped(machine.retired)} instructions, ${grouped(samples.length)} samples, one in ${grouped(sampler.interval)}`;
	process.stderr.write(`\n${name}: ${head}\n${samples.length > 0 ? table(samples, bits, top) : "too short for a sample: try a smaller --interval\n"}`);
	process.stderr.write(`${o.output} (open it at https://www.speedscope.app), ${collapsedPath}\n`);
}
