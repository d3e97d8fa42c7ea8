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

/** `contextWidth`: bits of a context cell. */
export function findOverlap(patterns: readonly Pattern[], contextWidth: (cell: number) => number): Overlap | null {
	let found: Overlap | null = null;
	const check = (i: number, j: number) => {
		const [first, second] = i < j ? [i, j] : [j, i];
		if (found && (found.first < first || (found.first === first && found.second <= second))) return;
		const both = common(patterns[first] as Pattern, patterns[second] as Pattern, contextWidth);
		if (both) found = { first, second, ...both };
	};
	divide(
		patterns,
		patterns.map((_, i) => i),
		0,
		check,
	);
	return found;
}

/** Pairs that agree on the first bytes: by the values of byte after byte while that separates them. */
function divide(patterns: readonly Pattern[], group: readonly number[], byte: number, check: (i: number, j: number) => void): void {
	const shortest = Math.min(...group.map((i) => patterns[i]?.encoding.bytes ?? 0));
	if (group.length > 8 && byte < shortest && byte < 4) {
		const buckets = new Map<number, number[]>();
		for (const i of group) {
			const { mask, value } = (patterns[i] as Pattern).encoding;
			const free = 255 & ~(mask[byte] as number);
			// all numbers that the free bits can make
			for (let n = free; ; n = (n - 1) & free) {
				const key = (value[byte] as number) | n;
				const bucket = buckets.get(key);
				if (bucket) bucket.push(i);
				else buckets.set(key, [i]);
				if (n === 0) break;
			}
		}
		const done = new Set<string>();
		for (const bucket of buckets.values()) {
			if (bucket.length < 2) continue;
			const key = bucket.join();
			if (done.has(key)) continue;
			done.add(key);
			divide(patterns, bucket, byte + 1, check);
		}
		return;
	}
	for (let a = 0; a < group.length; a++) for (let b = a + 1; b < group.length; b++) check(group[a] as number, group[b] as number);
}

/** A clause over instruction bits: at least one of them is not as said. */
type Clause = readonly (readonly [bit: number, is: 0 | 1])[];

function common(a: Pattern, b: Pattern, contextWidth: (cell: number) => number): { bytes: number[]; certain: boolean } | null {
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
	const choices: Clause[][] = [];
	const clauses: Clause[] = [];
	for (const p of [a, b]) {
		for (const limit of p.where) {
			const lists = limit.values.map((v) => literals(p.encoding, limit.subject, v)).filter((l) => l !== null);
			if (p.encoding.widths[limit.subject] === 0) continue;
			if (limit.not) clauses.push(...lists);
			else choices.push(lists);
		}
	}
	const budget = { steps: 20_000 };
	if (!choose(known, choices, 0, clauses, budget)) return budget.steps > 0 ? null : { bytes: bytesOf(known), certain: false };
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
