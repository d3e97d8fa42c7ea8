/** The bytes of a file in, the code to disassemble and the definition to do it with out, when the file is an ELF. */

import { chooseBoard } from "../../boards/board.ts";
import { boards } from "../../boards/boards.ts";
import { loadElf } from "../../load/elf.ts";

export interface ImageCode {
	readonly isa: string;
	/** NAME=VALUE */
	readonly parameters: readonly string[];
	readonly address: number;
	readonly bytes: Uint8Array;
}

/** The segment that holds the entry; null: no ELF. */
export function codeOfImage(file: Uint8Array): ImageCode | null {
	if (file[0] !== 0x7f || file[1] !== 0x45 || file[2] !== 0x4c || file[3] !== 0x46) return null;
	const image = loadElf(file);
	const { processor } = chooseBoard(boards, image);
	const segment = image.segments.find((s) => image.entry >= s.address && image.entry < s.address + s.bytes) ?? image.segments[0]!;
	const parameters = Object.entries(processor.parameters).map(([name, value]) => `${name}=${value}`);
	return { isa: processor.isa, parameters, address: segment.address, bytes: segment.data };
}
