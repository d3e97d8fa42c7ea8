/** All encodings in, the first pair that some bytes could both be out: exact, with the limits of both on operands and context. */
import type { Encoding, Limit } from "./isa.ts";

/** One encoding with the limits that hold for it. */
export interface Pattern {
	readonly encoding: Encoding;
	readonly where: readonly Limit[];
	readonly context: readonly Limit[];
}
export interface Overlap {
	readonly first: number;
	readonly second: number;
	/** bytes that both are, in memory order */
	readonly bytes: readonly number[];
	/** false: it took too long to find out */
	readonly certain: boolean;
}

/** What looking may cost in all: bits and values looked at. */
const mostSteps = 20_000_000;

/** `contextWidth`: bits of a context cell. */
export function findOverlap(patterns: readonly Pattern[], contextWidth: (cell: number) => number): Overlap | null {
	const budget = { steps: mostSteps };
	const masks = patterns.map((p) => word(p.encoding.mask));
	const values = patterns.map((p) => word(p.encoding.value));
	for (let second = 1; second < patterns.length; second++) {
		const mask = masks[second] as number;
		const value = values[second] as number;
		for (let first = 0; first < second; first++) {
			if (((value ^ (values[first] as number)) & mask & (masks[first] as number)) !== 0) continue;
			const both = common(patterns[first] as Pattern, patterns[second] as Pattern, contextWidth, budget);
			if (both) return { first, second, ...both };
		}
	}
	return null;
}
/** The first four bytes; what is not there is 0. */
const word = (bytes: readonly number[]): number => (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24);

/** A clause over instruction bits: at least one of them is not as said. */
type Clause = readonly (readonly [bit: number, is: 0 | 1])[];

function common(a: Pattern, b: Pattern, contextWidth: (cell: number) => number, budget: { steps: number }): { bytes: number[]; certain: boolean } | null {
	const x = a.encoding;
	const y = b.encoding;
	const shared = Math.min(x.bytes, y.bytes);
	for (let i = 0; i < shared; i++) if ((((x.value[i] as number) ^ (y.value[i] as number)) & (x.mask[i] as number) & (y.mask[i] as number)) !== 0) return null;
	if (!contextsMeet([...a.context, ...b.context], contextWidth)) return null;

	const length = Math.max(x.bytes, y.bytes) * 8;
	const known = new Int8Array(length).fill(-1);
	for (const e of [x, y])
		for (let bit = 0; bit < e.bytes * 8; bit++)
			if (((e.mask[bit >> 3] as number) >> (bit & 7)) & 1) known[bit] = ((e.value[bit >> 3] as number) >> (bit & 7)) & 1;
	budget.steps -= length;
	const choices: Clause[][] = [];
	const clauses: Clause[] = [];
	for (const p of [a, b]) {
		for (const limit of p.where) {
			budget.steps -= limit.values.length * (p.encoding.widths[limit.subject] as number);
			if (budget.steps <= 0) return { bytes: bytesOf(known), certain: false };
			const lists = limit.values.map((v) => literals(p.encoding, limit.subject, v)).filter((l) => l !== null);
			if (p.encoding.widths[limit.subject] === 0) continue;
			if (limit.not) clauses.push(...lists);
			else choices.push(lists);
		}
	}
	const own = { steps: Math.min(20_000, budget.steps) };
	budget.steps -= own.steps;
	const met = choose(known, choices, 0, clauses, own);
	const unsure = own.steps <= 0;
	budget.steps += Math.max(0, own.steps);
	if (!met) return !unsure ? null : { bytes: bytesOf(known), certain: false };
	return { bytes: bytesOf(known), certain: true };
}

/** The instruction bits that make an operand's encoded number `v`; null if it cannot be that. */
function literals(e: Encoding, operand: number, v: number): Clause | null {
	const out: [number, 0 | 1][] = [];
	let covered = 0;
	for (const f of e.fields) {
		if (f.operand !== operand) continue;
		for (let i = 0; i < f.width; i++) {
			const bit = Math.floor(v / 2 ** (f.to + i)) % 2 === 1 ? 1 : 0;
			if (bit) covered += 2 ** (f.to + i);
			out.push([f.from + i, bit]);
		}
	}
	return covered === v ? out : null;
}

/** Takes one value of each `only`, then satisfies the rest. Leaves the bits found in `known`. */
function choose(known: Int8Array, choices: readonly Clause[][], at: number, clauses: readonly Clause[], budget: { steps: number }): boolean {
	if (budget.steps-- <= 0) return false;
	if (at === choices.length) return avoid(known, clauses, 0, budget);
	for (const value of choices[at] as Clause[]) {
		if (value.some(([bit, is]) => known[bit] !== -1 && known[bit] !== is)) continue;
		const set = value.filter(([bit]) => known[bit] === -1);
		for (const [bit, is] of set) known[bit] = is;
		if (choose(known, choices, at + 1, clauses, budget)) return true;
		for (const [bit] of set) known[bit] = -1;
	}
	return false;
}
/** Makes every clause true: some bit of it differs. */
function avoid(known: Int8Array, clauses: readonly Clause[], at: number, budget: { steps: number }): boolean {
	if (budget.steps-- <= 0) return false;
	if (at === clauses.length) return true;
	const clause = clauses[at] as Clause;
	if (clause.some(([bit, is]) => known[bit] !== -1 && known[bit] !== is)) return avoid(known, clauses, at + 1, budget);
	for (const [bit, is] of clause) {
		if (known[bit] !== -1) continue;
		known[bit] = is ? 0 : 1;
		if (avoid(known, clauses, at + 1, budget)) return true;
		known[bit] = -1;
	}
	return false;
}

function contextsMeet(limits: readonly Limit[], widthOf: (cell: number) => number): boolean {
	for (const cell of new Set(limits.map((l) => l.subject))) {
		const own = limits.filter((l) => l.subject === cell);
		const only = own.find((l) => !l.not);
		const allows = (v: number) => own.every((l) => l.values.includes(v) !== l.not);
		if (only ? !only.values.some(allows) : new Set(own.flatMap((l) => l.values)).size >= 2 ** widthOf(cell)) return false;
	}
	return true;
}

function bytesOf(known: Int8Array): number[] {
	const out = Array<number>(known.length / 8).fill(0);
	known.forEach((bit, i) => {
		if (bit === 1) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
	});
	return out;
}
