/** Jobs as a few arrays of numbers, and back: threads pass those on without looking at each object. */
import { type Block, copyOf, type Job, type Region, type Terminator } from "./block.ts";
import { instructionAddress, type Op, opNames } from "./op.ts";

/** Plain data; the buffers may be transferred. */
export interface PackedJob {
	/** Eight words an op, of all blocks of all regions. */
	readonly ops: Int32Array;
	/** Everything else, in the order in which `unpackJob` reads it. */
	readonly numbers: Float64Array;
}

const stride = 8;
const numberOf = new Map(opNames.map((name, i) => [name, i]));
/** Of a terminator, what is a number, in this order. */
const ends = {
	jump: ["to", "context"],
	branch: ["if", "then", "else", "context"],
	indirect: ["to"],
	leave: ["status", "pc"],
	none: [],
} as const satisfies Record<Terminator["kind"], readonly string[]>;
const kinds = Object.keys(ends) as Terminator["kind"][];

/** Addresses of the block's instructions that `apart` holds. */
const apartIn = ({ ops }: Block, apart: ReadonlySet<number>): number[] =>
	ops
		.filter(({ op }) => op === "insn")
		.map(instructionAddress)
		.filter((at) => apart.has(at));

export function packJob({ regions, slots, heads, places }: Job): PackedJob {
	const numbers: number[] = [regions.length, ...slots, ...heads];
	const list = (all: Iterable<number>): void => {
		const at = numbers.push(0);
		for (const one of all) numbers.push(one);
		numbers[at - 1] = numbers.length - at;
	};
	const count = regions.reduce((sum, { blocks }) => sum + blocks.reduce((all, { ops }) => all + ops.length, 0), 0);
	const ops = new Int32Array(stride * count);
	let k = 0;
	const write = ({ op, w, a, b, c, d, lo, hi }: Op): void => {
		ops[k] = numberOf.get(op)!;
		ops[k + 1] = w;
		ops[k + 2] = a;
		ops[k + 3] = b;
		ops[k + 4] = c;
		ops[k + 5] = d;
		ops[k + 6] = lo;
		ops[k + 7] = hi;
		k += stride;
	};
	regions.forEach((region, r) => {
		const { blocks, plain, calls, jumps, apart } = region;
		numbers.push(blocks.length, Number(plain), Number(calls ?? false));
		list(places[r]!);
		list(apart && apart.size > 0 ? new Set(blocks.flatMap((block) => apartIn(block, apart))) : []);
		numbers.push(jumps?.size ?? 0);
		for (const [behind, seen] of jumps ?? []) {
			numbers.push(behind);
			list(seen);
		}
		blocks.forEach(({ pc, context, count, bytes, ops, end }, i) => {
			numbers.push(copyOf(region, i), pc, context, count, bytes, ops.length, kinds.indexOf(end.kind));
			for (const field of ends[end.kind]) numbers.push((end as unknown as Record<string, number>)[field]!);
			ops.forEach(write);
		});
	});
	return { ops, numbers: new Float64Array(numbers) };
}

export function unpackJob({ ops, numbers }: PackedJob): Job {
	let [at, k] = [0, 0];
	const next = (): number => numbers[at++]!;
	const list = (count = next()): number[] => Array.from({ length: count }, next);
	const op = (): Op => {
		const from = k;
		k += stride;
		return {
			op: opNames[ops[from]!]!,
			w: ops[from + 1]!,
			a: ops[from + 2]!,
			b: ops[from + 3]!,
			c: ops[from + 4]!,
			lo: ops[from + 6]!,
			hi: ops[from + 7]!,
			d: ops[from + 5]!,
		};
	};
	const regionCount = next();
	const slots = list(regionCount);
	const heads = list(regionCount);
	const places: number[][] = [];
	const regions = heads.map((): Region => {
		const blockCount = next();
		const [plain, calls] = [next() === 1, next() === 1];
		places.push(list());
		const apart = new Set(list());
		const jumps = new Map<number, readonly number[]>();
		for (let left = next(); left > 0; left--) jumps.set(next(), list());
		const copies: number[] = [];
		const blocks = Array.from({ length: blockCount }, (): Block => {
			copies.push(next());
			const [pc, context, count, bytes, length] = list(5) as [number, number, number, number, number];
			const kind = kinds[next()]!;
			const end = Object.fromEntries([["kind", kind], ...ends[kind].map((field) => [field, next()])]) as Terminator;
			return { pc, context, count, bytes, end, ops: Array.from({ length }, op) };
		});
		return {
			...{ blocks, plain },
			...(calls ? { calls } : {}),
			...(jumps.size > 0 ? { jumps } : {}),
			...(apart.size > 0 ? { apart } : {}),
			...(copies.some((copy) => copy >= 0) ? { copies } : {}),
		};
	});
	return { regions, slots, heads, places };
}
