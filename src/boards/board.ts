/** What a board is: data about processors, RAM, devices and wires; and the choice of board and processor for an image. */
import { HostError, ImageError } from "../../jit/base/errors.ts";
import type { FdtNode } from "../load/fdt.ts";
import type { Image } from "../load/image.ts";

/** A processor that fits the board: which definition with which parameters, and the images made for it. */
export interface ProcessorChoice {
	/** Name of the folder under isa/. */
	readonly isa: string;
	readonly parameters: Readonly<Record<string, number>>;
	/** e_machine, class and byte order of its ELF files. */
	readonly machine: number;
	readonly bits: 32 | 64;
	readonly endian: "little" | "big";
	/** Behind firmware, a payload without an address of its own goes to the next multiple of it. */
	readonly payloadAlign: number;
	/** The firmware of `--bios default`: an ELF file beside the boards, for the start of RAM. */
	readonly firmware: string;
}

/** A device on the bus. Wires to a processor are named as its definition names them (`lines`); null: not connected. */
export type DeviceSpec = { readonly name: string; readonly base: number; readonly bytes: number } & (
	| { readonly kind: "ns16550a"; readonly interrupt: { readonly controller: string; readonly source: number } | null }
	| { readonly kind: "clint"; readonly software: string; readonly timer: string }
	| { readonly kind: "sswi"; readonly software: string }
	| { readonly kind: "plic"; readonly sources: number; readonly contexts: readonly (string | null)[]; readonly again: "level" | "event" }
	| { readonly kind: "test-finisher" }
	| { readonly kind: "rom" }
	| { readonly kind: "goldfish-rtc"; readonly interrupt: { readonly controller: string; readonly source: number } }
	// a place for a virtio device: what is in it is for who builds the machine
	| { readonly kind: "virtio-mmio"; readonly interrupt: { readonly controller: string; readonly source: number } }
);

/** What a machine starts with beside its image. */
export interface Boot {
	/** RAM that firmware keeps for itself. */
	readonly reserved?: { readonly base: number; readonly bytes: number } | undefined;
	/** Where the kernel's first file system lies. */
	readonly initrd?: { readonly base: number; readonly bytes: number } | undefined;
}

/** What the device tree depends on. */
export interface TreeOptions {
	readonly bits: 32 | 64;
	/** Names of the definition's extensions. */
	readonly extensions: readonly string[];
	readonly processors: number;
	readonly ramBytes: number;
	readonly bootArguments: string;
	readonly boot: Boot;
	/** Numbers for the guest's random generator, 32 bits each. */
	readonly seed: readonly number[];
}

export interface Board {
	readonly name: string;
	readonly title: string;
	readonly ram: { readonly base: number; readonly bytes: number };
	/** Ticks of its clock a virtual second. */
	readonly timebase: number;
	/** The first one is the default. */
	readonly processors: readonly ProcessorChoice[];
	/** How many of them it has room for. */
	readonly mostProcessors: number;
	readonly devices: readonly DeviceSpec[];
	/** What firmware is told when `next` is where it is to go next (0: nowhere), and where in the board's ROM that stands: the fourth argument of the definition's `reset`. */
	readonly firmware: (o: { readonly bits: 32 | 64; readonly next: number }) => { readonly address: number; readonly data: Uint8Array };
	readonly tree: (o: TreeOptions) => FdtNode;
	/** RAM at its start that the board's own firmware keeps. */
	readonly firmwareBytes: number;
}

/**
 * The board and processor for an image: by what its header says, else the board's default. `name`: the board asked for; `bits`: the width asked for.
 * Throws `HostError` for an unknown board, `ImageError` when the image is for another processor.
 */
export function chooseBoard(
	boards: readonly Board[],
	image: Pick<Image, "format" | "hints">,
	o: { name?: string | undefined; bits?: number | undefined } = {},
): { board: Board; processor: ProcessorChoice } {
	const known = boards.map((board) => board.name).join(", ");
	const candidates = o.name === undefined ? boards : boards.filter((board) => board.name === o.name);
	if (candidates.length === 0) throw new HostError(`board: "${o.name}" is not known: try one of ${known} (see "doppel boards")`);
	const { hints } = image;
	for (const board of candidates) {
		const processor = board.processors.find((one) =>
			hints ? one.machine === hints.machine && one.bits === hints.bits && one.endian === hints.endian : o.bits === undefined || one.bits === o.bits,
		);
		if (processor) return { board, processor };
	}
	const takes = candidates[0]!.processors.map((one) => `machine ${one.machine} with ${one.bits} bits`).join(" or ");
	if (!hints) throw new HostError(`board: "${candidates[0]!.name}" has no processor of ${o.bits} bits: it takes ${takes}`);
	const what = `machine ${hints.machine} (${hints.bits} bits, ${hints.endian}-endian)`;
	throw new ImageError(`${image.format}: ${what} is for none of our processors: board "${candidates[0]!.name}" takes ${takes}`);
}
