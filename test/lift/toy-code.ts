/** Templates as text in, a toy ISA with a decoder and code out: byte k of an instruction's two is its number, the other its operand. */
import type { Decoder } from "../../jit/decode/decoder.ts";
import type { Instruction } from "../../jit/decode/instruction.ts";
import type { Op } from "../../jit/ir/op.ts";
import { parseBlock } from "../../jit/ir/parse.ts";
import { type CodeSource, createLifter, type Lifter } from "../../jit/lift/lift.ts";
import type { InstructionSpec, Isa, Template } from "../../jit/spec/isa.ts";
import { toyIsa } from "../ir/toy-isa.ts";

/** Ops as `print.ts` writes them, one a line or after `|`. */
export function templateOf(text: string, isa: Isa, result = -1): Template {
	return { ops: parseBlock(`block 0x0 context 0 count 0 bytes 0\n${text.replaceAll("|", "\n")}\nnone`, isa).ops, result };
}

export interface ToyInstruction {
	readonly template: Template;
	readonly privileged?: boolean;
	/** default 2 */
	readonly bytes?: number;
}

export interface Toy {
	readonly isa: Isa;
	readonly lifter: Lifter;
}

/** Operands 0 and 1 are the low and the high 4 bits of the second byte, operand 2 the whole byte as a signed number. Numbers without an instruction are undefined. */
export function toyLifter(list: readonly (ToyInstruction | null)[], isa: Isa = toyIsa(32)): Toy {
	const specs = list.map((i, id) =>
		i ? ({ id, name: `i${id}`, template: i.template, effects: { privileged: i.privileged ?? false } } as unknown as InstructionSpec) : null,
	);
	const decoder: Decoder = {
		decode(bytes, at, end) {
			const spec = at < end ? specs[bytes[at]] : undefined;
			const length = list[bytes[at]]?.bytes ?? 2;
			const raw = bytes[at] | (bytes[at + 1] << 8);
			if (!spec || at + length > end) return { spec: null, bytes: 2, raw };
			const operand = bytes[at + 1];
			return { spec, encoding: 0, bytes: length, raw, values: [operand & 15, operand >> 4, (operand << 24) >> 24] } satisfies Instruction;
		},
		truncated: (bytes, at, end) => at >= end || (!!specs[bytes[at]] && at + (list[bytes[at]]?.bytes ?? 2) > end),
	};
	return { isa, lifter: createLifter(isa, decoder) };
}

/** Code at an address; it ends at the end of its page (4 KiB) unless `mapped` says that the next page is there. */
export function codeAt(base: number, bytes: readonly number[], mapped = true): CodeSource {
	const all = Uint8Array.from(bytes);
	return (pc) => {
		const at = pc - base;
		if (at < 0 || at > all.length) return null;
		const pageEnd = (Math.floor(pc / 4096) + 1) * 4096 - base;
		if (!mapped && at >= pageEnd) return null;
		return { bytes: all, at, end: mapped ? all.length : Math.min(all.length, pageEnd) };
	};
}

/** The ops without what a reader does not need. */
export function names(ops: readonly Op[]): string[] {
	return ops.map((op) => op.op);
}
