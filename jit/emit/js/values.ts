/** Values of a block as JavaScript text: an op's operands out as expressions, its result in; decides what becomes a local and what stays inside its user. */
import { Bug } from "../../base/errors.ts";
import type { Op } from "../../ir/op.ts";

const simple = /^(-?[\w$]+)$/;
const registers = /\br_\w*/g;
/** Longer expressions become locals, so that lines stay readable. */
const longest = 100;

/** Is the text a name or a number, so that it may stand anywhere any number of times? */
export function isSimple(text: string): boolean {
	return simple.test(text);
}

/** Strips one pair of parentheses around a whole expression. */
export function bare(text: string): string {
	if (!text.startsWith("(")) return text;
	let depth = 0;
	for (let i = 0; i < text.length; i++) {
		if (text[i] === "(") depth++;
		else if (text[i] === ")" && --depth === 0) return i === text.length - 1 ? text.slice(1, -1) : text;
	}
	return text;
}

interface Known {
	lo: string;
	hi: string;
	/** The text of a comparison, which gives a boolean where one is wanted. */
	condition: string | null;
	/** Registers whose locals the texts read. */
	reads: readonly string[];
}

/**
 * The values of one block. A value used once stays text inside its user, unless something it reads changes before; every other one becomes a
 * `const`. Values of at most 32 bits have one text, wider ones a low and a high one, which are always simple.
 */
export class Values {
	private readonly uses: number[];
	private readonly known = new Map<number, Known>();
	/** Floating-point ops whose flags somebody asks for. */
	readonly asked = new Set<number>();
	/** By such an op: the value with the flags of before, where it is there in time. Its use by the op is counted. */
	readonly before = new Map<number, number>();
	/** Values that read registers or are text still: by level of open arms. */
	private readonly waiting: Set<number>[] = [new Set()];

	constructor(
		readonly ops: readonly Op[],
		private readonly emit: (line: string) => void,
		extra: readonly number[],
	) {
		this.uses = new Array(ops.length).fill(0);
		const use = (i: number) => {
			if (i >= 0) this.uses[i]!++;
		};
		ops.forEach(({ op, a, b, c, d }) => {
			if (op === "insn") return;
			if (op === "raised") {
				this.asked.add(a);
				if (b < a && !this.before.has(a)) {
					this.before.set(a, b);
					use(b);
				}
			} else use(a);
			use(b);
			use(c);
			use(d);
		});
		for (const i of extra) use(i);
	}

	width(i: number): number {
		return this.ops[i]!.w;
	}
	wide(i: number): boolean {
		return this.ops[i]!.w > 32;
	}
	used(i: number): boolean {
		return this.uses[i]! > 0;
	}
	/** The number of a `const` that fits 32 bits unsigned, or null. */
	constant(i: number): number | null {
		const { op, w, lo, hi } = this.ops[i]!;
		if (op !== "const" || (w > 32 && hi !== 0)) return null;
		return w >= 32 ? lo >>> 0 : lo & ((1 << w) - 1);
	}
	/** An upper bound of a value's unsigned number. */
	bound(i: number, depth = 4): number {
		const { op, w, a, b } = this.ops[i]!;
		const own = w >= 53 ? Number.POSITIVE_INFINITY : 2 ** w - 1;
		if (depth === 0) return own;
		if (op === "const") return this.constant(i) ?? own;
		if (op === "and") return Math.min(own, this.bound(a, depth - 1), this.bound(b, depth - 1));
		if (op === "zext") return this.bound(a, depth - 1);
		if (op === "trunc") return Math.min(own, this.bound(a, depth - 1));
		return own;
	}

	/** Defines a value of at most 32 bits. `condition`: the same as a boolean, for comparisons. */
	narrow(i: number, text: string, condition: string | null = null): void {
		if (!this.used(i)) return;
		const known: Known = { lo: text, hi: "0", condition, reads: text.match(registers) ?? [] };
		this.known.set(i, known);
		if (isSimple(text)) {
			if (known.reads.length) this.top().add(i);
		} else if (this.uses[i]! > 1 || text.length > longest) this.settle(i);
		else this.top().add(i);
	}
	/** Defines a wider value. Texts that are not simple become locals at once. */
	pair(i: number, lo: string, hi: string): void {
		if (!this.used(i)) return;
		if (isSimple(lo) && isSimple(hi)) {
			const reads = [...(lo.match(registers) ?? []), ...(hi.match(registers) ?? [])];
			this.known.set(i, { lo, hi, condition: null, reads });
			if (reads.length) this.top().add(i);
			return;
		}
		this.emit(`const v${i}_lo = ${bare(lo)}, v${i}_hi = ${bare(hi)};`);
		this.known.set(i, { lo: `v${i}_lo`, hi: `v${i}_hi`, condition: null, reads: [] });
	}
	/** A value that lives in locals of its own, `v7` or `v7_lo` and `v7_hi`, which the caller declares and assigns. */
	own(i: number): { lo: string; hi: string } {
		const name = this.wide(i) ? { lo: `v${i}_lo`, hi: `v${i}_hi` } : { lo: `v${i}`, hi: "0" };
		this.known.set(i, { ...name, condition: null, reads: [] });
		return name;
	}

	/** Text of a value of at most 32 bits, to be written once. Takes one use. */
	text(i: number): string {
		this.uses[i]!--;
		const known = this.get(i);
		if (this.uses[i]! <= 0) this.forget(i);
		return known.lo;
	}
	/** The same as a name or a number, which may be written several times. */
	name(i: number): string {
		if (!isSimple(this.get(i).lo)) this.settle(i);
		return this.text(i);
	}
	/** The same as a condition. */
	condition(i: number): string {
		const { condition } = this.get(i);
		const text = this.text(i);
		return condition ?? `(${text} !== 0)`;
	}
	/** Both halves, as names or numbers; of a narrow value the high one is 0. Takes one use. */
	halves(i: number): [lo: string, hi: string] {
		if (!this.wide(i)) return [this.name(i), "0"];
		const known = this.get(i);
		this.text(i);
		return [known.lo, known.hi];
	}

	/** A register's local is about to change: values that read it become locals first. */
	changes(register: string): void {
		for (const level of this.waiting) for (const i of [...level]) if (this.get(i).reads.includes(register)) this.settle(i);
	}
	/** Arms begin: what is used inside or after them must be there before. */
	open(): void {
		for (const level of this.waiting) for (const i of [...level]) this.settle(i);
		this.waiting.push(new Set());
	}
	/** An arm ended; `another`: the second one begins. */
	close(another: boolean): void {
		this.waiting.pop();
		if (another) this.waiting.push(new Set());
	}

	private top(): Set<number> {
		return this.waiting[this.waiting.length - 1]!;
	}
	private get(i: number): Known {
		const known = this.known.get(i);
		if (known) return known;
		const { op, lo, hi, w } = this.ops[i]!;
		if (op !== "const") throw new Bug(`js: value ${i} (${op}) is used before it is defined`);
		return { lo: `${w >= 32 ? lo | 0 : lo & ((1 << w) - 1)}`, hi: `${w >= 64 ? hi | 0 : w > 32 ? hi & ((1 << (w - 32)) - 1) : 0}`, condition: null, reads: [] };
	}
	private forget(i: number): void {
		for (const level of this.waiting) level.delete(i);
	}
	private settle(i: number): void {
		const known = this.get(i);
		this.forget(i);
		if (this.wide(i)) {
			this.emit(`const v${i}_lo = ${known.lo}, v${i}_hi = ${known.hi};`);
			this.known.set(i, { lo: `v${i}_lo`, hi: `v${i}_hi`, condition: null, reads: [] });
		} else {
			this.emit(`const v${i} = ${bare(known.lo)};`);
			this.known.set(i, { lo: `v${i}`, hi: "0", condition: null, reads: [] });
		}
	}
}
