/** A checked definition in, a total function from code bytes to instructions out. */
import type { Encoding, InstructionSpec, Isa, Limit } from "../spec/isa.ts";
import type { Instruction, Undefined } from "./instruction.ts";
import { buildTree, childOf, type TreeNode } from "./tree.ts";

export interface Decoder {
	/**
	 * The instruction that begins at `bytes[at]`, if it ends before `end`; `context` is the word of context cells it is decoded under.
	 * Total: what is no instruction, or is cut off by `end`, is `Undefined` with a length of one unit at least: as long as the shortest
	 * instruction that starts alike, so far as bytes are there.
	 */
	decode(bytes: Uint8Array, at: number, end: number, context: number): Instruction | Undefined;
	/** Is what begins at `bytes[at]` no instruction only because `end` cuts it off? Then bytes after `end` matter (a fetch from the next page). */
	truncated(bytes: Uint8Array, at: number, end: number, context: number): boolean;
}

/** What one decoding step does with an operand. */
const Step = { unsigned: 0, signed: 1, table: 2 } as const;

/** An encoding made ready: masks by word, and flat lists that say how to collect the operands. */
export class Pattern {
	readonly bytes: number;
	readonly masks: readonly number[];
	readonly values: readonly number[];
	readonly wide: boolean;
	readonly limits: readonly ReadyLimit[];
	/** one row an operand: first slice, end of slices, step, width, times, plus */
	readonly operands: Int32Array;
	/** one row a slice: word, shift, mask, position in the encoded number */
	readonly slices: Int32Array;
	readonly tables: readonly (readonly number[] | null)[];

	constructor(
		readonly spec: InstructionSpec,
		readonly index: number,
		isa: Isa,
	) {
		const encoding = spec.encodings[index] as Encoding;
		this.bytes = encoding.bytes;
		this.masks = words(encoding.mask);
		this.values = words(encoding.value);
		const slices: number[] = [];
		const operands: number[] = [];
		const tables: (readonly number[] | null)[] = [];
		let wide = encoding.bytes > 4;
		spec.operands.forEach(({ kind }, number) => {
			const first = slices.length / 4;
			for (const field of encoding.fields) {
				if (field.operand !== number) continue;
				slices.push(field.from >> 5, field.from & 31, field.width === 32 ? -1 : 2 ** field.width - 1, field.to);
			}
			const width = encoding.widths[number] ?? 0;
			if (width > 32) wide = true;
			const signed = kind.kind === "signed" || kind.kind === "relative";
			const times = kind.kind === "reg" ? kind.times : "scale" in kind ? kind.scale : 1;
			const plus = kind.kind === "reg" ? kind.plus : 0;
			const step = kind.kind === "table" ? Step.table : signed ? Step.signed : Step.unsigned;
			operands.push(first, slices.length / 4, step, width, times, plus);
			tables.push(kind.kind === "table" ? kind.values : null);
		});
		this.wide = wide;
		this.slices = Int32Array.from(slices);
		this.operands = Int32Array.from(operands);
		this.tables = tables;
		const limits = spec.where.map((limit) => new ReadyLimit(limit, false, encoding.widths[limit.subject] ?? 0, 0));
		for (const limit of spec.context) {
			const place = isa.contexts.find((c) => c.cell === limit.subject);
			if (place) limits.push(new ReadyLimit(limit, true, place.width, place.shift));
		}
		this.limits = limits;
	}
}

/** A limit with its values cut to the width of what it limits. */
class ReadyLimit {
	readonly values: ReadonlySet<number>;
	readonly subject: number;
	readonly not: boolean;
	readonly mask: number;
	constructor(
		limit: Limit,
		readonly onContext: boolean,
		width: number,
		readonly shift: number,
	) {
		this.subject = limit.subject;
		this.not = limit.not;
		this.mask = width >= 32 ? -1 : 2 ** width - 1;
		this.values = new Set(limit.values.map((v) => cut(v, width)));
	}
	allows(value: number): boolean {
		return this.values.has(value) !== this.not;
	}
}

/** A number as the unsigned number of `width` bits that it is in two's complement. */
export function cut(value: number, width: number): number {
	if (width >= 53) return value;
	const size = 2 ** width;
	return ((value % size) + size) % size;
}

/** Bytes in memory order as little-endian 32-bit words (signed). */
function words(bytes: readonly number[]): number[] {
	const result: number[] = [];
	bytes.forEach((byte, i) => {
		result[i >> 2] = (result[i >> 2] ?? 0) | (byte << (8 * (i & 3)));
	});
	return result;
}

/** The word of up to four bytes at `at`; bytes from `end` on read as 0. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
	if (at + 4 <= end) {
		return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
	}
	let word = 0;
	for (let i = 0; at + i < end; i++) word |= (bytes[at + i] as number) << (8 * i);
	return word;
}

/** As many bytes as `raw` shows. */
const rawBytes = 4;
const firstBytes = (word: number, bytes: number) => (bytes >= 4 ? word >>> 0 : word & (2 ** (8 * bytes) - 1));

/** All encodings of an ISA, ready to match, in the order of the definition. */
export function patternsOf(isa: Isa): Pattern[] {
	return isa.instructions.flatMap((spec) => spec.encodings.map((_, index) => new Pattern(spec, index, isa)));
}

/** A decoder that begins with the root of its decision tree; nobody can tell how far it has grown. */
export function createDecoder(isa: Isa): Decoder {
	const patterns = patternsOf(isa);
	const root: TreeNode<Pattern> = buildTree(
		patterns,
		patterns.reduce((least, p) => Math.min(least, p.bytes), patterns.length ? Number.POSITIVE_INFINITY : isa.unitBytes),
	);
	const unit = isa.unitBytes;

	function decode(bytes: Uint8Array, at: number, end: number, context: number): Instruction | Undefined {
		const word = wordAt(bytes, at, end);
		let node = root;
		while (node.children !== null) {
			const w = node.offset === 0 ? word : wordAt(bytes, at + node.offset, end);
			node = childOf(node, (w >>> node.shift) & node.mask);
		}
		const leaf = node.leaf;
		for (let i = 0; i < leaf.length; i++) {
			const pattern = leaf[i] as Pattern;
			if ((word & (pattern.masks[0] as number)) !== pattern.values[0] || at + pattern.bytes > end) continue;
			if (pattern.wide) {
				if (!restMatches(pattern, bytes, at, end)) continue;
			}
			if (pattern.limits.length > 0 && !allowed(pattern, bytes, at, end, context)) continue;
			const values = pattern.wide ? wideValues(pattern, bytes, at, end) : narrowValues(pattern, word);
			if (values === null) continue;
			return { spec: pattern.spec, encoding: pattern.index, bytes: pattern.bytes, raw: firstBytes(word, pattern.bytes), values };
		}
		const there = Math.max(unit, end - at - ((end - at) % unit));
		const length = Math.max(unit, Math.min(node.bytes, there, rawBytes));
		return { spec: null, bytes: length, raw: firstBytes(word, length) };
	}

	function truncated(bytes: Uint8Array, at: number, end: number, context: number): boolean {
		if (end - at >= isa.maxBytes || decode(bytes, at, end, context).spec !== null) return false;
		const there = end - at;
		return patterns.some((p) => p.bytes > there && startsAlike(p, bytes, at, end));
	}
	return { decode, truncated };
}

function startsAlike(pattern: Pattern, bytes: Uint8Array, at: number, end: number): boolean {
	for (let i = 0; at + i < end; i++) {
		const mask = ((pattern.masks[i >> 2] ?? 0) >>> (8 * (i & 3))) & 255;
		const value = ((pattern.values[i >> 2] ?? 0) >>> (8 * (i & 3))) & 255;
		if (((bytes[at + i] as number) & mask) !== value) return false;
	}
	return true;
}

function restMatches(pattern: Pattern, bytes: Uint8Array, at: number, end: number): boolean {
	for (let k = 1; k < pattern.masks.length; k++) {
		if ((wordAt(bytes, at + 4 * k, end) & (pattern.masks[k] as number)) !== pattern.values[k]) return false;
	}
	return true;
}

function allowed(pattern: Pattern, bytes: Uint8Array, at: number, end: number, context: number): boolean {
	for (const limit of pattern.limits) {
		if (limit.onContext) {
			if (!limit.allows(((context >>> limit.shift) & limit.mask) >>> 0)) return false;
		} else if (!limit.allows(encodedNumber(pattern, limit.subject, bytes, at, end))) return false;
	}
	return true;
}

/** The encoded number of one operand, unsigned. */
function encodedNumber(pattern: Pattern, operand: number, bytes: Uint8Array, at: number, end: number): number {
	const { operands, slices } = pattern;
	let value = 0;
	for (let j = operands[6 * operand] as number; j < (operands[6 * operand + 1] as number); j++) {
		const word = wordAt(bytes, at + 4 * (slices[4 * j] as number), end);
		const part = ((word >>> (slices[4 * j + 1] as number)) & (slices[4 * j + 2] as number)) >>> 0;
		value += part * 2 ** (slices[4 * j + 3] as number);
	}
	return value;
}

/** Values of an encoding of at most 4 bytes; null: a table has no such entry. */
function narrowValues(pattern: Pattern, word: number): number[] | null {
	const { operands, slices } = pattern;
	const values: number[] = [];
	for (let i = 0; i < operands.length; i += 6) {
		let value = 0;
		for (let j = operands[i] as number, last = operands[i + 1] as number; j < last; j++) {
			value |= ((word >>> (slices[4 * j + 1] as number)) & (slices[4 * j + 2] as number)) << (slices[4 * j + 3] as number);
		}
		const step = operands[i + 2] as number;
		const times = operands[i + 4] as number;
		if (step === Step.signed) {
			const away = 32 - (operands[i + 3] as number);
			values.push(((value << away) >> away) * times);
		} else if (step === Step.unsigned) {
			values.push((value >>> 0) * times + (operands[i + 5] as number));
		} else {
			const entry = (pattern.tables[i / 6] as readonly number[])[value >>> 0];
			if (entry === undefined) return null;
			values.push(entry);
		}
	}
	return values;
}

function wideValues(pattern: Pattern, bytes: Uint8Array, at: number, end: number): number[] | null {
	const { operands } = pattern;
	const values: number[] = [];
	for (let i = 0; i < operands.length; i += 6) {
		let value = encodedNumber(pattern, i / 6, bytes, at, end);
		const step = operands[i + 2] as number;
		const width = operands[i + 3] as number;
		if (step === Step.table) {
			const entry = (pattern.tables[i / 6] as readonly number[])[value];
			if (entry === undefined) return null;
			values.push(entry);
			continue;
		}
		if (step === Step.signed && width > 0 && value >= 2 ** (width - 1)) value -= 2 ** width;
		values.push(value * (operands[i + 4] as number) + (operands[i + 5] as number));
	}
	return values;
}
