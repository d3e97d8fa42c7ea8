/** An image's bytes and the command line's wishes in, the image, its board and its checked definition out. */
import { dirname, extname, join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { type Board, type Boot, chooseBoard, type ProcessorChoice } from "../../boards/board.ts";
import { boards } from "../../boards/boards.ts";
import { loadDefinition } from "../../host/node/definition-cache.ts";
import { definitionsFolder, readDefinitions, readExtensions } from "../../host/node/definitions.ts";
import { readAgain } from "../../host/node/file-again.ts";
import { readBytes } from "../../host/node/files.ts";
import { gunzip } from "../../host/node/gunzip.ts";
import { addSegments, type Image, joinImages, listSymbols } from "../../load/image.ts";
import { isLinuxImage, loadLinuxImage, packingOf } from "../../load/kernel.ts";
import { loadImage } from "../../load/load.ts";
import type { IsaOptions } from "../choose-isa.ts";
import { countOf, settingOf } from "../values.ts";

export interface ImageOptions extends IsaOptions {
	readonly machine?: string;
	readonly loadAddress?: string;
	readonly bios?: string;
	readonly kernel?: string;
	readonly initrd?: string;
	readonly ramBytes?: number | undefined;
}

export interface Chosen {
	readonly image: Image;
	readonly board: Board;
	readonly isa: Isa;
	readonly boot: Boot;
	/** With firmware: where it is to go next; 0: nowhere. */
	readonly firmwareNext?: number | undefined;
}

/** The first file system lies at most so far behind the kernel's entry. */
const initrdGap = 2 ** 27;
/** What a packed kernel may come to when no board is named. */
const largestRam = 2 ** 31;

const none: Pick<Image, "format" | "hints"> = { format: "raw", hints: null };
const isHex = (file: Uint8Array): boolean => /^:[0-9a-f]{10}/i.test(String.fromCharCode(...file.subarray(0, 11)));

/** The width that `-p` asks for, by a board's processors; undefined: any. */
function bitsOf(settings: ReadonlyMap<string, number>, board: string | undefined): number | undefined {
	const processors = boards.filter((b) => board === undefined || b.name === board).flatMap((b) => b.processors);
	const fits = (p: ProcessorChoice): boolean => Object.entries(p.parameters).every(([name, value]) => (settings.get(name) ?? value) === value);
	return settings.size === 0 ? undefined : processors.find(fits)?.bits;
}

function definitionOf(processor: ProcessorChoice, settings: ReadonlyMap<string, number>, o: IsaOptions, assembler: boolean): Promise<Isa> {
	if (o.isa !== undefined && o.isa !== processor.isa && !o.isa.includes("/"))
		throw new HostError(`--isa ${o.isa}: the image and board are for ${processor.isa}`);
	for (const [name, value] of settings) {
		const own = processor.parameters[name];
		if (own !== undefined && own !== value) throw new HostError(`-p ${name}=${value}: the image and board are for ${name}=${own}`);
	}
	const parameters = { ...processor.parameters, ...Object.fromEntries(settings) };
	return loadDefinition({ assembler, files: readDefinitions(o.isa ?? processor.isa), parameters, extend: readExtensions(o.extend ?? []) });
}

type Choice = Chosen & { readonly processor: ProcessorChoice };
const chosenBy = (o: ImageOptions, settings: ReadonlyMap<string, number>, image = none): { board: Board; processor: ProcessorChoice } =>
	chooseBoard(boards, image, { name: o.machine, bits: image.hints ? undefined : bitsOf(settings, o.machine) });
const endOf = (image: Image): number => Math.max(...image.segments.map((segment) => segment.address + segment.bytes));

/**
 * Firmware for the start of the board's RAM (`of` a processor), and where a payload goes that has no address of its own. `--bios` is a file, "none", or
 * "default": the board's own, which is what a kernel gets when nothing is said.
 */
function firmwareOf(o: ImageOptions, settings: ReadonlyMap<string, number>) {
	const bios = o.bios ?? (o.kernel === undefined ? "none" : "default");
	const { board, processor } = chosenBy(o, settings);
	const after = (end: number, { payloadAlign }: ProcessorChoice): number => Math.ceil(end / payloadAlign) * payloadAlign;
	if (bios === "none") return null;
	if (bios === "default") {
		const reserved = { base: board.ram.base, bytes: board.firmwareBytes };
		const of = (one: ProcessorChoice): Image => loadImage(readBytes(join(dirname(definitionsFolder()), "src/boards", one.firmware)));
		return { of, reserved, payloadAt: after(reserved.base + reserved.bytes, processor) };
	}
	const firmware = loadImage(readBytes(bios), { rawAddress: board.ram.base });
	return { of: () => firmware, reserved: undefined, payloadAt: after(endOf(firmware), chosenBy(o, settings, firmware).processor) };
}

/**
 * Finds format, board and processor; `path` may be an assembly source, and may be left out when there is firmware. With firmware the machine starts there,
 * and the program is its payload. Throws one of the four kinds of errors.
 */
export async function chooseAll(path: string | undefined, o: ImageOptions): Promise<Chosen> {
	const settings = new Map((o.parameter ?? []).map((text) => settingOf("-p", text)));
	const firmware = firmwareOf(o, settings);
	if (path === undefined) {
		if (firmware === null || firmware.reserved) throw new HostError(`--bios ${o.bios}: there is no program: give one, or --kernel FILE`);
		const image = firmware.of();
		const { board, processor } = chosenBy(o, settings, image);
		return { image, board, isa: await definitionOf(processor, settings, o, false), boot: {}, firmwareNext: 0 };
	}
	const program = await chooseProgram(path, settings, firmware?.payloadAt, o);
	const { board, isa, processor } = program;
	const boot: Boot = { reserved: firmware?.reserved };
	const firmwareNext = firmware ? program.image.entry : undefined;
	const image = firmware ? joinImages(firmware.of(processor), program.image) : program.image;
	if (o.initrd === undefined) return { image, board, isa, boot, firmwareNext };
	const data = readBytes(o.initrd);
	// as QEMU has it: behind the kernel, but not so far that a small machine has no room
	const base = program.image.entry + Math.min((o.ramBytes ?? board.ram.bytes) / 2, initrdGap);
	const segments = readAgain([{ address: base, data, bytes: data.length, padding: 0 }], o.initrd, data);
	return { image: addSegments(image, "initrd", segments), board, isa, boot: { ...boot, initrd: { base, bytes: data.length } }, firmwareNext };
}

async function chooseProgram(path: string, settings: ReadonlyMap<string, number>, payloadAt: number | undefined, o: ImageOptions): Promise<Choice> {
	const address = o.loadAddress === undefined ? payloadAt : countOf("--load-address", o.loadAddress);
	const file = readBytes(path);
	if ([".s", ".asm"].includes(extname(path).toLowerCase())) {
		const { board, processor } = chosenBy(o, settings);
		const isa = await definitionOf(processor, settings, o, true);
		const { assemble } = await import("../../../jit/decode/assemble.ts");
		const { bytes, origin, symbols } = assemble(isa, new TextDecoder().decode(file), { origin: address ?? board.ram.base, file: path });
		const image: Image = {
			...none,
			entry: symbols.get("_start") ?? origin,
			segments: [{ address: origin, data: bytes, bytes: bytes.length, padding: 0 }],
			symbols: listSymbols([...symbols].map(([name, value]) => ({ name, value, bytes: 0, kind: "other" }))),
		};
		return { image, board, isa, processor, boot: {} };
	}
	const named = o.machine === undefined ? undefined : chooseBoard(boards, none, { name: o.machine }).board;
	const packed = packingOf(file);
	const unpacked = packed ? gunzip(packed.data, o.ramBytes ?? named?.ram.bytes ?? largestRam, path) : file;
	const at = address ?? (named && !isHex(unpacked) ? named.ram.base : undefined);
	const image = at !== undefined && isLinuxImage(unpacked) ? loadLinuxImage(unpacked, at) : loadImage(unpacked, { rawAddress: at });
	const { board, processor } = chosenBy(o, settings, image);
	const isa = await definitionOf(processor, settings, o, false);
	// symbols are read from the file as long as anybody may ask for them
	const segments = image.symbols.count === 0 ? readAgain(image.segments, path, file) : image.segments;
	return { image: { ...image, segments }, board, isa, processor, boot: {} };
}
