/** One encoding in, the bits it is made of out: as runs per word and as a drawn box. */
import type { Encoding, InstructionSpec } from "../../../jit/spec/isa.ts";

/** Consecutive bits of a word that belong together. */
export interface Run {
	/** of the word, both inclusive */
	readonly high: number;
	readonly low: number;
	/** null: fixed bits (or ignored ones) */
	readonly operand: number | null;
	/** of the operand's encoded number */
	readonly operandHigh: number;
	readonly operandLow: number;
	/** as the bytes have them, most significant first; "-" where the encoding ignores the bit */
	readonly bits: string;
}

const tokenWidth = (token: string, widthOf: (name: string) => number): number => {
	if (/^[01]+$/.test(token)) return token.length;
	if (token === "-") return 1;
	const slices = /\[(.*)\]$/.exec(token)?.[1];
	if (slices === undefined) return widthOf(token);
	return slices.split("|").reduce((sum, slice) => {
		const [high, low] = slice.split(":").map(Number);
		return sum + (low === undefined ? 1 : high! - low + 1);
	}, 0);
};

/** Bytes of each word of an encoding, in memory order. */
export function wordSizes(spec: InstructionSpec, encoding: Encoding): number[] {
	const widthOf = (name: string): number => encoding.widths[spec.operands.findIndex((o) => o.name === name)] ?? 0;
	const sizes = encoding.text.split(" / ").map(
		(word) =>
			word
				.trim()
				.split(/\s+/)
				.reduce((sum, token) => sum + tokenWidth(token, widthOf), 0) / 8,
	);
	const sum = sizes.reduce((a, b) => a + b, 0);
	return sum === encoding.bytes && sizes.every(Number.isInteger) ? sizes : Array.from({ length: encoding.bytes }, () => 1);
}

/** The runs of each word, most significant bit first. `bytes` are the instruction's, in memory order. */
export function runsOf(spec: InstructionSpec, encoding: Encoding, bytes: Uint8Array, endian: "little" | "big"): Run[][] {
	let offset = 0;
	return wordSizes(spec, encoding).map((size) => {
		const memoryBit = (k: number): number => 8 * (endian === "little" ? offset + (k >> 3) : offset + size - 1 - (k >> 3)) + (k & 7);
		const runs: Run[] = [];
		for (let k = 8 * size - 1; k >= 0; k--) {
			const at = memoryBit(k);
			const field = encoding.fields.find((f) => at >= f.from && at < f.from + f.width);
			const operand = field?.operand ?? null;
			const index = field ? field.to + at - field.from : -1;
			const fixed = (encoding.mask[at >> 3]! >> (at & 7)) & 1;
			const bit = operand === null && !fixed ? "-" : String((bytes[at >> 3]! >> (at & 7)) & 1);
			const last = runs.at(-1);
			const joins = last && last.operand === operand && (operand === null || last.operandLow === index + 1);
			if (joins) runs[runs.length - 1] = { ...last, low: k, operandLow: index, bits: last.bits + bit };
			else runs.push({ high: k, low: k, operand, operandHigh: index, operandLow: index, bits: bit });
		}
		offset += size;
		return runs;
	});
}

const centre = (text: string, width: number): string => {
	const left = Math.floor((width - text.length) / 2);
	return " ".repeat(Math.max(0, left)) + text + " ".repeat(Math.max(0, width - text.length - left));
};

/** A word as a box: bit numbers, names, bits. */
export function drawRuns(spec: InstructionSpec, encoding: Encoding, runs: readonly Run[]): string {
	const cells = runs.map((run) => {
		const numbers = run.high === run.low ? `${run.high}` : `${run.high} ${run.low}`;
		const name =
			run.operand === null
				? ""
				: `${spec.operands[run.operand]!.name}${
						run.operandHigh - run.operandLow + 1 === encoding.widths[run.operand]
							? ""
							: `[${run.operandHigh === run.operandLow ? run.operandHigh : `${run.operandHigh}:${run.operandLow}`}]`
					}`;
		const width = Math.max(numbers.length, name.length + 2, run.bits.length + 2);
		const ends = run.high === run.low ? centre(numbers, width) : `${run.high}${" ".repeat(width - `${run.high}${run.low}`.length)}${run.low}`;
		return { ends, name: centre(name || run.bits, width), bits: centre(name ? run.bits : "", width), line: "─".repeat(width) };
	});
	const row = (key: "name" | "bits"): string => `│${cells.map((c) => c[key]).join("│")}│`;
	return [
		` ${cells.map((c) => c.ends).join(" ")}`,
		`┌${cells.map((c) => c.line).join("┬")}┐`,
		row("name"),
		row("bits"),
		`└${cells.map((c) => c.line).join("┴")}┘`,
	]
		.map((line) => line.trimEnd())
		.join("\n");
}
