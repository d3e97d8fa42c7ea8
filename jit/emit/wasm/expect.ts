/**
 * A block in, the same block as it is when what usually holds does: rounding is to nearest even, inexact has been raised before, nothing traps. Out comes with it what
 * must be asked for that; where it is not so the block is left for the interpreter (`Status.assist`).
 */
import type { Block } from "../../ir/block.ts";
import { compact } from "../../ir/compact.ts";
import { evaluate } from "../../ir/evaluate.ts";
import { foldable, makeOp, type Op, opInfo } from "../../ir/op.ts";
import { mayLeave, renumberEnd } from "../../opt/dead-set.ts";
import { armsOf } from "../shared/region.ts";

/** What a value has to be: 0, or a set of flags with inexact among them. */
export type Ask = "zero" | "inexact";

export interface Expected {
	readonly block: Block;
	/** By index of the op with the value. */
	readonly asks: ReadonlyMap<number, Ask>;
	/** Floating-point ops that must raise nothing but inexact, and are rounded to nearest even where they are rounded as the mode says. */
	readonly floats: ReadonlySet<number>;
}

const isFormat = (w: number): boolean => w === 32 || w === 64;

/** Has the op a quick way, to nearest even if its mode is not known? (float-expected.ts has it.) */
function isQuick(op: Op, ops: readonly Op[]): boolean {
	const from = ops[op.a]!.w;
	const known = op.d >= 0 && ops[op.d]!.op === "const" ? ops[op.d]!.lo : 0;
	if (!isFormat(from) || op.op === "fround") return false;
	if (op.op === "feq" || op.op === "flt" || op.op === "fle") return true;
	if (!isFormat(op.w) || (op.op === "fconvert" && from === op.w)) return false;
	return known === 0 || ((op.op === "ftoints" || op.op === "ftointu") && known < 4);
}

/** Is the first arm of the `if` at this index one that only traps, and the second one empty? */
function onlyTraps(ops: readonly Op[], at: number, arms: { readonly else: number; readonly end: number }): boolean {
	if (ops[arms.else - 1]?.op !== "trap" || arms.end !== arms.else + 1 || ops[arms.end + 1]?.op === "phi") return false;
	for (let i = at + 1; i < arms.else - 1; i++) if (opInfo[ops[i]!.op].effect !== "pure" && ops[i]!.op !== "getreg") return false;
	return true;
}

/** Indices of the `insn` ops of instructions before which all registers are as they should be: dead-set.ts has kept them so. */
function exactInstructions(ops: readonly Op[]): Set<number> {
	const exact = new Set<number>([0]);
	let instruction = 0;
	ops.forEach(({ op }, i) => {
		if (op === "insn") instruction = i;
		else if (mayLeave(op)) exact.add(instruction);
	});
	return exact;
}

class Expecting {
	readonly ops: Op[];
	/** By value: the one that it is equal to. */
	readonly same: number[] = [];
	readonly asks = new Map<number, Ask>();
	readonly floats = new Set<number>();
	/** Values that are made where the block may be left for the interpreter: in no arm, and before their instruction has accessed anything. */
	readonly outside = new Set<number>();
	/** Values that are 0. */
	readonly #zero = new Set<number>();
	readonly #out = new Int32Array(1);

	constructor(readonly block: Block) {
		this.ops = block.ops.map((op) => makeOp(op.op, op.w, op.a, op.b, op.c, op.lo, op.hi, op.d));
	}

	/** Marks the floating-point ops of which nothing new is expected; asks for rounding modes and flags of before. */
	#choose(): void {
		const { ops } = this;
		const { outside } = this;
		const exact = exactInstructions(ops);
		let instruction = 0;
		let depth = 0;
		let acted = false;
		const before: number[] = [];
		ops.forEach((op, i) => {
			if (op.op === "insn") [instruction, acted] = [i, false];
			else if (op.op === "load" || op.op === "store" || opInfo[op.op].effect === "system") acted = true;
			else if (op.op === "if") depth++;
			else if (op.op === "end") depth--;
			else if (depth === 0 && !acted && exact.has(instruction)) outside.add(i);
			before[i] = i;
			if (op.op !== "raised") return;
			const old = before[op.b]!;
			const float = ops[op.a]!;
			const mode = float.d < 0 || ops[float.d]!.op === "const" ? -1 : float.d;
			if (!outside.has(op.a) || !isQuick(float, ops) || ops[old]!.op !== "getreg" || !outside.has(old) || old > op.a) return;
			if (mode >= 0 && (ops[mode]!.op !== "getreg" || !outside.has(mode))) return;
			before[i] = old;
			this.floats.add(op.a);
			this.asks.set(old, "inexact");
			if (mode < 0) return;
			this.asks.set(mode, "zero");
			this.#zero.add(mode);
		});
	}
	#nothing(i: number): void {
		this.ops[i] = makeOp("const", 1);
	}
	#number(v: number): readonly [lo: number, hi: number] | null {
		const op = this.ops[v]!;
		return op.op === "const" ? [op.lo, op.hi] : this.#zero.has(v) ? [0, 0] : null;
	}
	/** What a pure op is when its operands are numbers, or the same. */
	#fold(i: number, op: Op): void {
		const { args } = opInfo[op.op];
		if (!foldable(op.op) || op.op === "const" || args === 0) return;
		const numbers = [op.a, op.b, op.c].slice(0, args).map((v) => this.#number(v));
		if (op.op === "select" && numbers[0]) this.same[i] = numbers[0][0] ? op.b : op.c;
		else if (op.op === "ne" && op.a === op.b) this.#nothing(i);
		else if (numbers.every((n) => n !== null)) {
			const [[al, ah] = [0, 0], [bl, bh] = [0, 0], [cl, ch] = [0, 0]] = numbers as (readonly [number, number])[];
			const lo = evaluate(op.op, op.w, this.ops[op.a]!.w, al, ah, bl, bh, cl, ch, this.#out);
			this.ops[i] = makeOp("const", op.w, -1, -1, -1, lo, this.#out[0]);
		}
	}
	run(): Expected {
		this.#choose();
		const { block, ops, same, asks, floats } = this;
		const arms = armsOf(block);
		const at = (v: number): number => (v < 0 ? -1 : same[v]!);
		/** The value that a cell is known to have. */
		const held = new Map<number, number>();
		let depth = 0;
		for (let i = 0; i < ops.length; i++) {
			same[i] = i;
			let op = ops[i]!;
			if (op.op === "insn") continue;
			if (op.a >= 0 || op.d >= 0) op = ops[i] = makeOp(op.op, op.w, at(op.a), at(op.b), at(op.c), op.lo, op.hi, at(op.d));
			if (op.op === "if") {
				const { else: middle, end } = arms.get(i)!;
				const known = this.#number(op.a)?.[0];
				if (depth === 0 && (known === undefined ? this.outside.has(op.a) : known === 0) && onlyTraps(ops, i, { else: middle, end })) {
					if (known === undefined) asks.set(op.a, "zero");
					this.#zero.add(op.a);
					for (let k = i; k <= end; k++) {
						same[k] = k;
						this.#nothing(k);
					}
					i = end;
				} else depth++;
			} else if (op.op === "end") depth--;
			else if (op.op === "getreg" && depth === 0) held.set(op.lo, i);
			else if (op.op === "setreg") {
				if (held.get(op.lo) === op.a) this.#nothing(i);
				held.set(op.lo, op.a);
			} else if (op.op === "raised" && floats.has(op.a)) same[i] = op.b;
			else this.#fold(i, op);
		}
		return this.#finish();
	}
	#finish(): Expected {
		const { block, same, ops } = this;
		const end = renumberEnd(block, same);
		const root = end.kind === "branch" ? end.if : end.kind === "indirect" ? end.to : -1;
		const to = compact(ops, [root, ...this.asks.keys(), ...this.floats]);
		const asks = new Map([...this.asks].map(([v, ask]) => [to[v]!, ask]));
		const floats = new Set([...this.floats].map((v) => to[v]!));
		return { block: { ...block, ops, end: renumberEnd({ ...block, end }, to) }, asks, floats };
	}
}

/** The block that came in stays as it is. */
export const expecting = (block: Block): Expected => new Expecting(block).run();

/** The block as it is. */
export const asItIs = (block: Block): Expected => ({ block, asks: new Map(), floats: new Set() });
