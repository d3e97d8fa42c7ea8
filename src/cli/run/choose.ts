/** An image's bytes and the command line's wishes in, the image, its board and its checked definition out. */
import { extname } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { type Board, chooseBoard, type ProcessorChoice } from "../../boards/board.ts";
import { boards } from "../../boards/boards.ts";
import { loadDefinition } from "../../host/node/definition-cache.ts";
import { readDefinitions, readExtensions } from "../../host/node/definitions.ts";
import { readBytes } from "../../host/node/files.ts";
import { type Image, joinImages, noSymbols } from "../../load/image.ts";
import { loadImage } from "../../load/load.ts";
import type { IsaOptions } from "../choose-isa.ts";
import { countOf, settingOf } from "../values.ts";

export interface ImageOptions extends IsaOptions {
	readonly machine?: string;
	readonly loadAddress?: string;
	readonly bios?: string;
}

export interface Chosen {
	readonly image: Image;
	readonly board: Board;
	readonly isa: Isa;
	/** With firmware: where it is to go next; 0: nowhere. */
	readonly firmwareNext?: number;
}

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

/** Firmware at the start of the board's RAM, and where a payload that has no address of its own goes. */
function firmwareOf(path: string, bits: number | undefined, o: ImageOptions): { firmware: Image; payloadAt: number } {
	const { board } = chooseBoard(boards, none, { name: o.machine });
	const firmware = loadImage(readBytes(path), { rawAddress: board.ram.base });
	const { processor } = chooseBoard(boards, firmware, { name: o.machine, bits: firmware.hints ? undefined : bits });
	const end = Math.max(...firmware.segments.map((segment) => segment.address + segment.bytes));
	return { firmware, payloadAt: Math.ceil(end / processor.payloadAlign) * processor.payloadAlign };
}

/**
 * Finds format, board and processor; `path` may be an assembly source, and may be left out when there is firmware. With firmware the machine starts there,
 * and the program is its payload. Throws one of the four kinds of errors.
 */
export async function chooseAll(path: string | undefined, o: ImageOptions): Promise<Chosen> {
	const settings = new Map((o.parameter ?? []).map((text) => settingOf("-p", text)));
	const { firmware, payloadAt } = o.bios === undefined ? {} : firmwareOf(o.bios, bitsOf(settings, o.machine), o);
	const program = path === undefined ? undefined : await chooseProgram(path, settings, payloadAt, o);
	if (firmware && program) return { ...program, image: joinImages(firmware, program.image), firmwareNext: program.image.entry };
	if (program) return program;
	const { board, processor } = chooseBoard(boards, firmware ?? none, { name: o.machine, bits: firmware?.hints ? undefined : bitsOf(settings, o.machine) });
	return { image: firmware!, board, isa: await definitionOf(processor, settings, o, false), firmwareNext: 0 };
}

async function chooseProgram(path: string, settings: ReadonlyMap<string, number>, payloadAt: number | undefined, o: ImageOptions): Promise<Chosen> {
	const address = o.loadAddress === undefined ? payloadAt : countOf("--load-address", o.loadAddress);
	const file = readBytes(path);
	if ([".s", ".asm"].includes(extname(path).toLowerCase())) {
		const { board, processor } = chooseBoard(boards, none, { name: o.machine, bits: bitsOf(settings, o.machine) });
		const isa = await definitionOf(processor, settings, o, true);
		const { assemble } = await import("../../../jit/decode/assemble.ts");
		const { bytes, origin, symbols } = assemble(isa, new TextDecoder().decode(file), { origin: address ?? board.ram.base, file: path });
		const image: Image = {
			...none,
			entry: symbols.get("_start") ?? origin,
			segments: [{ address: origin, data: bytes, bytes: bytes.length, padding: 0 }],
			symbols: noSymbols,
		};
		return { image, board, isa };
	}
	const named = o.machine === undefined ? undefined : chooseBoard(boards, none, { name: o.machine }).board;
	const image = loadImage(file, { rawAddress: address ?? (named && !isHex(file) ? named.ram.base : undefined) });
	const { board, processor } = chooseBoard(boards, image, { name: o.machine, bits: image.hints ? undefined : bitsOf(settings, o.machine) });
	return { image, board, isa: await definitionOf(processor, settings, o, false) };
}
