/** A seed and an ISA in, a valid block out that uses every kind of op: food for tests that compare engines, passes and printers. */
import type { Block, Terminator } from "../../jit/ir/block.ts";
import { floatNames, hasImmediate, makeOp, type Op, type OpName, opInfo } from "../../jit/ir/op.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { Random } from "./random.ts";

export interface RandomBlockOptions {
	/** Most guest instructions; default 4. */
	readonly instructions?: number;
	/** Address of the block; default 0x1000. */
	readonly pc?: number;
	/** Most addresses of loads and stores to the main space lie in base .. base+bytes (a power of two), some across its end; default 0x2000, 0x2000. */
	readonly base?: number;
	readonly bytes?: number;
	/** Loads and stores to the second space too; default true. */
	readonly spaces?: boolean;
	/** Default true. */
	readonly memory?: boolean;
	readonly traps?: boolean;
	readonly ifs?: boolean;
	/** Addresses that known jumps go to; default some around the block. */
	readonly targets?: readonly number[];
	/** What it may end in; default all. */
	readonly ends?: readonly Terminator["kind"][];
}

const binary: readonly OpName[] = "add sub mul mulhs mulhu mulhsu divs divu rems remu and or xor".split(" ") as OpName[];
const shifts: readonly OpName[] = ["shl", "shr", "sar", "rotl", "rotr"];
const unary: readonly OpName[] = ["not", "clz", "ctz", "popcount"];
const compares: readonly OpName[] = ["eq", "ne", "lts", "ltu", "les", "leu"];

/** The same seed, ISA and options always give the same block. `verifyBlock` finds nothing wrong with it. */
export function randomBlock(seed: number, isa: Isa, options: RandomBlockOptions = {}): Block {
	return new Maker(seed, isa, options).block();
}

/** Random values for all cells, halves by cell; context cells as the block wants them, pc the block's. */
export function randomCells(seed: number, isa: Isa, block: Block): [lo: number, hi: number][] {
	const random = new Random(seed ^ 0x5bd1e995);
	const zero = new Set(isa.files.flatMap((f) => (f.zero >= 0 ? (f.places[f.zero] ?? []).map((p) => p.cell) : [])));
	return isa.cells.map((cell, i) => {
		const value = random.bits(cell.width);
		if (i === 0) return [block.pc | 0, isa.addressBits > 32 ? Math.floor(block.pc / 4294967296) | 0 : 0];
		const context = isa.contexts.find((c) => c.cell === i);
		if (context) return [(block.context >>> context.shift) & ((1 << context.width) - 1), 0];
		return zero.has(i) ? [0, 0] : value;
	});
}

class Maker {
	private readonly random: Random;
	private readonly ops: Op[] = [];
	/** values in sight, by width */
	private sight: number[] = [];
	private budget = 0;
	private readonly isa: Isa;
	private readonly options: RandomBlockOptions;

	constructor(seed: number, isa: Isa, options: RandomBlockOptions) {
		this.random = new Random(seed);
		this.isa = isa;
		this.options = options;
	}

	block(): Block {
		const { random, isa, options } = this;
		const pc = options.pc ?? 0x1000;
		const context = random.below(8) & (isa.contexts.length ? (1 << isa.contexts[0].width) - 1 : 0);
		const wanted = 1 + random.below(options.instructions ?? 4);
		let at = pc;
		let count = 0;
		let ended = false;
		while (count < wanted && !ended) {
			const bytes = isa.unitBytes * (1 + random.below(2));
			this.ops.push(makeOp("insn", 0, -1, bytes, count, at | 0, isa.addressBits > 32 ? Math.floor(at / 4294967296) | 0 : 0));
			at += bytes;
			count++;
			this.budget = 3 + random.below(10);
			ended = this.statements(0);
			if (!ended) this.writes();
		}
		return { pc, context, ops: this.ops, end: this.end(ended, at, context), count, bytes: at - pc };
	}

	private push(op: OpName, w: number, a = -1, b = -1, c = -1, lo = 0, hi = 0): number {
		const index = this.ops.push(makeOp(op, w, a, b, c, lo, hi)) - 1;
		this.sight.push(index);
		return index;
	}
	private effect(op: OpName, w: number, a = -1, b = -1, lo = 0): void {
		this.ops.push(makeOp(op, w, a, b, -1, lo));
	}
	private constant(w: number, [lo, hi] = this.random.bits(w)): number {
		return this.push("const", w, -1, -1, -1, lo, hi);
	}
	/** Some value of that width: one in sight, one made from one in sight, a register, a number. */
	private value(w: number): number {
		const { random, sight, ops } = this;
		for (let tries = 0; tries < 4 && sight.length; tries++) {
			// late ones more often
			const v = sight[Math.max(random.below(sight.length), random.below(sight.length))];
			if (ops[v].w === w) return v;
		}
		if (sight.length && random.once(2)) {
			const v = random.pick(sight);
			const width = ops[v].w;
			if (width === w) return v;
			return width > w ? this.push("trunc", w, v) : this.push(random.pick(["zext", "sext"]), w, v);
		}
		const cells = this.isa.cells.flatMap((c, i) => (i > 0 && c.width === w && c.kind !== "system" ? [i] : []));
		if (cells.length && !random.once(4)) return this.push("getreg", w, -1, -1, -1, random.pick(cells));
		return this.constant(w);
	}
	private amount(w: number): number {
		const { random } = this;
		if (random.once(3)) return this.constant(random.pick([3, 8, 32, 64, w]));
		if (random.once(2)) return this.constant(8, [random.below(w + 2), 0]);
		return this.value(random.width());
	}

	private address(space: number): number {
		const { random, options } = this;
		const w = this.isa.memories[space].address;
		if (space > 0 || random.once(12)) return this.value(w);
		const bytes = options.bytes ?? 0x2000;
		const offset = this.push("and", w, this.value(w), this.constant(w, [(bytes - 1) & (random.once(4) ? -1 : -8), 0]));
		const base = options.base ?? 0x2000;
		return this.push("add", w, offset, this.constant(w, [base | 0, w > 32 ? Math.floor(base / 4294967296) | 0 : 0]));
	}

	private pure(): void {
		const { random } = this;
		const w = random.width();
		switch (random.below(11)) {
			case 9:
			case 10:
				this.float();
				break;
			case 0:
			case 1:
			case 2:
				this.push(random.pick(binary), w, this.value(w), this.value(w));
				break;
			case 3:
			case 4:
				this.push(random.pick(shifts), w, this.value(w), this.amount(w));
				break;
			case 5:
				this.push(random.pick(compares), 1, this.value(w), this.value(w));
				break;
			case 6:
				if (random.once(4)) {
					const bytes = 8 * (1 + random.below(8));
					this.push("bswap", bytes, this.value(bytes));
				} else this.push(random.pick(unary), w, this.value(w));
				break;
			case 7: {
				const from = this.value(random.width());
				const width = this.ops[from].w;
				const to = random.width();
				this.push(to <= width ? "trunc" : random.pick(["zext", "sext"]), to, from);
				break;
			}
			default:
				this.push("select", w, this.value(1), this.value(w), this.value(w));
		}
	}

	/** A floating-point op, and mostly the flags it raised: added to those of before, inexact among them or not. */
	private float(): void {
		const { random } = this;
		const format = (): number => random.pick([16, 32, 64]);
		const number = (w: number): number => (random.once(3) ? this.value(w) : this.constant(w, random.float(w)));
		const op = random.pick(floatNames);
		const { args, rounds } = opInfo[op];
		const integers = op === "ffroms" || op === "ffromu";
		const from = integers ? random.pick([32, 64]) : format();
		const w = op.startsWith("ftoint") ? random.pick([32, 64]) : integers || op === "fconvert" ? format() : rounds ? from : 1;
		const before = random.once(2) ? this.flags() : -1;
		const operands = Array.from({ length: args }, () => (integers ? this.value(from) : number(from)));
		const mode = !rounds ? -1 : random.once(2) ? this.constant(3, [0, 0]) : random.once(2) ? this.constant(3, [random.below(5), 0]) : this.value(3);
		const lo = hasImmediate(op) ? random.below(2) : 0;
		const result = this.ops.push(makeOp(op, w, operands[0], operands[1], operands[2], lo, 0, mode)) - 1;
		this.sight.push(result);
		if (random.once(5)) return;
		const old = before >= 0 ? before : this.flags();
		this.push("raised", this.ops[old].w, result, old);
	}
	private flags(): number {
		const { random } = this;
		const w = random.pick([5, 8, 32]);
		return random.once(2) ? this.value(w) : this.constant(w, [random.below(32), 0]);
	}

	/** Some ops; true: they end in a trap. */
	private statements(depth: number): boolean {
		const { random, options } = this;
		const rounds = 1 + random.below(depth ? 4 : 8);
		for (let k = 0; k < rounds && this.budget > 0; k++) {
			this.budget--;
			const kind = random.below(12);
			if (kind === 0 && options.ifs !== false && depth < 3) {
				if (this.branch(depth)) return true;
			} else if (kind === 1 && options.memory !== false) {
				const space = options.spaces !== false && random.once(4) ? this.isa.memories.length - 1 : 0;
				const w = random.pick([8, 16, 32, 64]);
				this.push("load", w, this.address(space), -1, -1, space, random.once(8) ? random.below(3) : 1);
			} else if (kind === 2 && options.memory !== false) {
				const space = options.spaces !== false && random.once(4) ? this.isa.memories.length - 1 : 0;
				const w = random.pick([8, 16, 32, 64]);
				const address = this.address(space);
				this.effect("store", w, address, this.value(w), space);
			} else if (kind === 3 && options.traps !== false && (depth > 0 ? random.once(3) : random.once(25))) {
				const cause = this.value(random.width());
				this.effect("trap", 0, cause, this.value(random.width()));
				return true;
			} else this.pure();
		}
		return false;
	}

	private branch(depth: number): boolean {
		const { random, ops } = this;
		const condition = this.value(1);
		this.effect("if", 0, condition);
		const outer = this.sight;
		this.sight = [...outer];
		const firstEnded = this.statements(depth + 1);
		const first = this.sight;
		this.sight = [...outer];
		this.effect("else", 0);
		const secondEnded = random.once(3) ? false : this.statements(depth + 1);
		const second = this.sight;
		this.effect("end", 0);
		this.sight = outer;
		if (firstEnded && secondEnded) return true;
		for (let k = random.below(4); k > 0; k--) {
			const from = firstEnded ? second : first;
			if (!from.length) break;
			const v = from[Math.max(random.below(from.length), random.below(from.length))];
			const w = ops[v].w;
			const other = (firstEnded ? first : second).filter((x) => ops[x].w === w);
			const bad = firstEnded || secondEnded;
			if (!bad && !other.length) continue;
			const o = bad ? -1 : random.pick(other);
			// values of this branch's own phis are in sight only after all of them
			const index = ops.push(firstEnded ? makeOp("phi", w, -1, v) : makeOp("phi", w, v, o)) - 1;
			this.pending.push(index);
		}
		this.sight.push(...this.pending);
		this.pending.length = 0;
		return false;
	}
	private readonly pending: number[] = [];

	private writes(): void {
		const { random, isa } = this;
		const zero = new Set(isa.files.flatMap((f) => (f.zero >= 0 ? (f.places[f.zero] ?? []).map((p) => p.cell) : [])));
		const cells = isa.cells.flatMap((c, i) => (i > 0 && c.kind !== "system" && c.kind !== "context" && !zero.has(i) ? [i] : []));
		for (let k = random.below(4); k > 0; k--) {
			const cell = random.pick(cells);
			const w = isa.cells[cell].width;
			this.effect("setreg", w, this.value(w), -1, cell);
		}
	}

	private end(ended: boolean, next: number, context: number): Terminator {
		if (ended) return { kind: "none" };
		const { random, options, isa } = this;
		const around = options.targets ?? [next, next + 8 * isa.unitBytes, next - 2 * isa.unitBytes, options.pc ?? 0x1000];
		switch (random.pick(options.ends?.filter((e) => e !== "none") ?? (["jump", "branch", "indirect", "leave"] as const))) {
			case "jump":
				return { kind: "jump", to: random.pick(around), context };
			case "branch":
				// biome-ignore lint/suspicious/noThenProperty: the terminator's arm, nothing awaits it
				return { kind: "branch", if: this.value(1), then: random.pick(around), else: random.pick(around), context };
			case "indirect":
				return { kind: "indirect", to: this.value(isa.addressBits) };
			default:
				return { kind: "leave", status: random.pick([2, 6]), pc: next };
		}
	}
}
