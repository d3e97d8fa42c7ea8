/** The template under construction: values and effects in, arms of dynamic `if`s merged, one flat list of ops out. */

import { evaluate, highMask, lowMask } from "../ir/evaluate.ts";
import { makeOp, type Op, type OpName, opTable } from "../ir/op.ts";
import { Bits } from "./bits.ts";
import type { Template } from "./isa.ts";
import type { Binding, Value } from "./values.ts";

class Phi extends Bits {
	constructor(
		readonly fork: Fork,
		a: Bits,
		b: Bits,
	) {
		super("phi", a.w, a, b, null, 0, 0);
	}
}
class Fork extends Bits {
	readonly phis: Bits[] = [];
	constructor(
		condition: Bits,
		readonly first: Bits[],
		readonly second: Bits[],
	) {
		super("if", 1, condition, null, null, 0, 0);
	}
}

/** Where control goes at the end, decided along the way: the last `jump` of a path counts. */
type Jump = { readonly to: Bits } | { readonly if: Bits; readonly yes: Jump | null; readonly no: Jump | null };

/** One side of a dynamic `if` while it is built. */
export interface Arm {
	readonly ops: Bits[];
	readonly olds: Map<Binding, Value>;
	readonly news: Map<Binding, Value>;
	jump: Jump | null;
	executed: boolean;
	/** never reaches the end: it traps */
	dead: boolean;
}
/** What a closed `if` makes of the values of its arms. */
export interface Pick {
	/** What the first or the second arm computed; both of one width. */
	both(first: Bits, second: Bits): Bits;
	/** What one arm computed, for use where only that arm has run. */
	one(value: Bits, first: boolean): Bits;
}

/** Thrown and caught here and in the evaluator only: this path has trapped. */
export const diverged = Symbol("diverged");

const out = new Int32Array(1);
/** Arms that only compute, and no more than this, become selects. */
const selectLimit = 24;
const commutes = new Set<OpName>(["add", "mul", "and", "or", "xor", "eq", "ne"]);

export class Code {
	#block: Bits[] = [];
	readonly #leaves = new Map<string, Bits>();
	#arm: Arm | null = null;
	/** how many arms are open */
	depth = 0;
	/** ops made so far; of them, those that write, trap or jump; values merged */
	count = 0;
	writes = 0;
	merges = 0;
	jump: Jump | null = null;
	/** `execute` has been called on this path */
	executed = false;

	constant(value: number | bigint, w: number): Bits {
		if (typeof value === "number") return this.#const((value | 0) & lowMask(w), Math.floor(value / 4294967296) & highMask(w), w);
		const v = BigInt.asUintN(w, value);
		return this.#const(Number(v & 0xffffffffn) | 0, Number(v >> 32n) | 0, w);
	}
	#const(lo: number, hi: number, w: number): Bits {
		return this.leaf("const", w, lo, hi);
	}
	/** An op without arguments that means the same wherever it stands: one each, at the start of the template. */
	leaf(op: OpName, w: number, lo = 0, hi = 0): Bits {
		const key = `${op} ${w} ${lo} ${hi}`;
		let leaf = this.#leaves.get(key);
		if (!leaf) {
			leaf = new Bits(op, w, null, null, null, lo, hi);
			this.#leaves.set(key, leaf);
		}
		return leaf;
	}
	/** An effect, or a value that is not pure. */
	effect(op: OpName, w: number, a: Bits | null = null, b: Bits | null = null, lo = 0, hi = 0): Bits {
		if (!opTable[op].result || op === "hostcall") this.writes++;
		return this.#push(new Bits(op, w, a, b, null, lo, hi));
	}
	/** Control goes to `to` when everything is done. */
	jumpTo(to: Bits): void {
		this.writes++;
		this.jump = { to };
	}
	#push(bits: Bits): Bits {
		this.count++;
		this.#block.push(bits);
		return bits;
	}
	/** A pure value, folded where its arguments allow. */
	pure(op: OpName, w: number, a: Bits, b: Bits | null = null, c: Bits | null = null): Bits {
		if (a.op === "const" && (!b || b.op === "const") && (!c || c.op === "const")) {
			const lo = evaluate(op, w, a.w, a.lo, a.hi, b?.lo ?? 0, b?.hi ?? 0, c?.lo ?? 0, c?.hi ?? 0, out);
			return this.#const(lo, out[0] as number, w);
		}
		if (b && a.op === "const" && b.op !== "const" && commutes.has(op)) return this.pure(op, w, b, a);
		return this.#simple(op, w, a, b, c) ?? this.#push(new Bits(op, w, a, b, c, 0, 0));
	}
	/** A floating-point operation, or `raised`: never folded or replaced, because flags are asked of the very operation. `lo`: its immediate. */
	float(op: OpName, w: number, a: Bits, b: Bits | null, c: Bits | null, mode: Bits | null, lo = 0): Bits {
		if (op === "raised" && b) this.#behind(a, b);
		return this.#push(new Bits(op, w, a, b, c, lo, 0, mode));
	}
	/** Moves a floating-point operation behind the value of the flags it adds to, where nothing stands against it: an engine that knows them has less to do. */
	#behind(operation: Bits, flags: Bits): void {
		const block = this.#block;
		const at = block.lastIndexOf(operation);
		if (at < 0 || block.lastIndexOf(flags) < at) return;
		const uses = (b: Bits): boolean => b instanceof Fork || b instanceof Phi || [b.a, b.b, b.c, b.d].includes(operation);
		if (block.slice(at + 1).some(uses)) return;
		block.splice(at, 1);
		block.push(operation);
	}
	#simple(op: OpName, w: number, a: Bits, b: Bits | null, c: Bits | null): Bits | null {
		if ((op === "sext" || op === "zext" || op === "trunc") && a.w === w) return a;
		if (op === "not" && a.op === "not") return a.a;
		if (op === "select") {
			if (a.op === "const") return a.lo ? b : c;
			if (b === c) return b;
			if (b?.op === "const" && c?.op === "const" && w === 1) return b.lo === c.lo ? b : b.lo ? a : this.pure("not", 1, a);
		}
		if (b?.op !== "const") return null;
		const zero = b.lo === 0 && b.hi === 0;
		if (zero && (op === "add" || op === "sub" || op === "or" || op === "xor" || op === "shl" || op === "shr" || op === "sar")) return a;
		if (op === "and" && zero) return b;
		if (op === "and" && b.lo === lowMask(w) && b.hi === highMask(w)) return a;
		if (a.w === 1 && (op === "eq" || op === "ne")) return (op === "eq") === !zero ? a : this.pure("not", 1, a);
		return null;
	}

	openArm(): Arm {
		return { ops: [], olds: new Map(), news: new Map(), jump: this.jump, executed: this.executed, dead: false };
	}
	/** Builds (or goes on building) an arm; variables have their old values again afterwards. Undefined when the path trapped. */
	inArm<T>(arm: Arm, build: () => T): T | undefined {
		const outer = { block: this.#block, arm: this.#arm, jump: this.jump, executed: this.executed };
		this.#block = arm.ops;
		this.#arm = arm;
		this.jump = arm.jump;
		this.executed = arm.executed;
		this.depth++;
		for (const [binding, value] of arm.news) binding.value = value;
		try {
			return build();
		} catch (error) {
			if (error !== diverged) throw error;
			arm.dead = true;
			return undefined;
		} finally {
			for (const [binding, old] of arm.olds) {
				arm.news.set(binding, binding.value);
				binding.value = old;
			}
			arm.jump = this.jump;
			arm.executed = this.executed;
			this.#block = outer.block;
			this.#arm = outer.arm;
			this.jump = outer.jump;
			this.executed = outer.executed;
			this.depth--;
		}
	}
	/** Writes a variable of this template, remembering what it was where an arm is open. */
	assign(binding: Binding, value: Value): void {
		this.writes++;
		const arm = this.#arm;
		if (arm && binding.level < this.depth && !arm.olds.has(binding)) arm.olds.set(binding, binding.value);
		binding.value = value;
	}
	/** Closes an `if`: what both arms did, and a way to merge their values. `merge` merges variables. Throws `diverged` when neither arm reaches the end. */
	join(condition: Bits, first: Arm, second: Arm, merge: (pick: Pick, a: Value, b: Value) => Value): Pick {
		const pick = this.#close(condition, first, second);
		for (const binding of new Set([...first.olds.keys(), ...second.olds.keys()])) {
			const a = first.news.has(binding) ? first.news.get(binding) : binding.value;
			const b = second.news.has(binding) ? second.news.get(binding) : binding.value;
			this.assign(binding, first.dead ? b : second.dead ? a : merge(pick, a, b));
		}
		this.executed = (!first.dead && first.executed) || (!second.dead && second.executed);
		if (first.dead) this.jump = second.jump;
		else if (second.dead || first.jump === second.jump) this.jump = first.jump;
		else {
			const before = this.jump;
			const then = first.jump === before ? before : visible(first.jump, (to) => pick.one(to, true));
			const other = second.jump === before ? before : visible(second.jump, (to) => pick.one(to, false));
			this.jump = { if: condition, yes: then, no: other };
			if (size(this.jump) > jumpLimit) this.jump = this.#collapsed(this.jump);
		}
		return pick;
	}
	/** The same as one question: does it jump, and where to. */
	#collapsed(jump: Jump): Jump {
		const w = firstTarget(jump)?.w ?? 1;
		const whether = (j: Jump | null): Bits => this.constant(j ? 1 : 0, 1);
		const flag = (j: Jump | null): Bits => (j && "if" in j ? this.pure("select", 1, j.if, flag(j.yes), flag(j.no)) : whether(j));
		const target = (j: Jump | null): Bits => {
			if (!j) return this.constant(0, w);
			return "to" in j ? j.to : this.pure("select", w, j.if, target(j.yes), target(j.no));
		};
		return { if: flag(jump), yes: { to: target(jump) }, no: null };
	}
	#close(condition: Bits, first: Arm, second: Arm): Pick {
		if (first.dead || second.dead) {
			// what the living arm does can as well stand behind the end
			this.#push(new Fork(condition, first.dead ? first.ops : [], second.dead ? second.ops : []));
			if (first.dead && second.dead) throw diverged;
			this.#block.push(...(first.dead ? second.ops : first.ops));
			return { both: (a, b) => (first.dead ? b : a), one: (value) => value };
		}
		if (first.ops.length + second.ops.length <= selectLimit && first.ops.every(movable) && second.ops.every(movable)) {
			this.#block.push(...first.ops, ...second.ops);
			return { both: (a, b) => (a === b ? a : this.pure("select", a.w, condition, a, b)), one: (value) => value };
		}
		const fork = new Fork(condition, first.ops, second.ops);
		this.#push(fork);
		const both = (a: Bits, b: Bits): Bits => {
			if (a === b) return a;
			if (a.w === 1 && a.op === "const" && b.op === "const") return a.lo ? condition : this.pure("not", 1, condition);
			const phi = new Phi(fork, a, b);
			fork.phis.push(phi);
			return phi;
		};
		return {
			both,
			one: (value, inFirst) => {
				const other = this.constant(0, value.w);
				return inFirst ? both(value, other) : both(other, value);
			},
		};
	}

	/** The finished template. */
	finish(result: Bits | null): Template {
		this.#end(this.jump);
		if (result) mark(result);
		markEffects(this.#block);
		const ops: Op[] = [];
		for (const leaf of this.#leaves.values()) if (leaf.live) write(leaf, ops);
		flatten(this.#block, ops);
		return { ops, result: result ? result.index : -1 };
	}
	#end(jump: Jump | null): void {
		if (!jump) return;
		if ("to" in jump) {
			this.effect("jump", jump.to.w, jump.to);
			return;
		}
		const first = this.openArm();
		const second = this.openArm();
		this.inArm(first, () => this.#end(jump.yes));
		this.inArm(second, () => this.#end(jump.no));
		this.#push(new Fork(jump.if, first.ops, second.ops));
	}
}

/** Questions that the jump at the end may ask one after the other. */
const jumpLimit = 6;
const size = (jump: Jump | null): number => (!jump ? 0 : "to" in jump ? 1 : 1 + size(jump.yes) + size(jump.no));
const firstTarget = (jump: Jump | null): Bits | null => (!jump ? null : "to" in jump ? jump.to : (firstTarget(jump.yes) ?? firstTarget(jump.no)));

function visible(jump: Jump | null, see: (to: Bits) => Bits): Jump | null {
	if (!jump) return null;
	if ("to" in jump) return { to: see(jump.to) };
	return { if: see(jump.if), yes: visible(jump.yes, see), no: visible(jump.no, see) };
}

function movable(bits: Bits): boolean {
	const effect = opTable[bits.op].effect;
	return (effect === "pure" && bits.op !== "phi") || effect === "read" || bits.op === "getfile";
}

function mark(root: Bits): void {
	const todo = [root];
	for (let bits = todo.pop(); bits; bits = todo.pop()) {
		if (bits.live) continue;
		bits.live = true;
		if (bits.a) todo.push(bits.a);
		if (bits.b) todo.push(bits.b);
		if (bits.c) todo.push(bits.c);
		if (bits.d) todo.push(bits.d);
		if (bits instanceof Phi) todo.push(bits.fork);
	}
}
/** Everything that does something is needed, and so is what it takes; an `if` is when something in it is. */
function markEffects(block: readonly Bits[]): void {
	for (const bits of block) {
		if (bits instanceof Fork) {
			markEffects(bits.first);
			markEffects(bits.second);
			if (bits.first.some((b) => b.live && !movable(b)) || bits.second.some((b) => b.live && !movable(b))) mark(bits);
		} else if (!movable(bits)) mark(bits);
	}
}
function flatten(block: readonly Bits[], ops: Op[]): void {
	for (const bits of block) {
		if (!(bits instanceof Fork)) {
			if (bits.live) write(bits, ops);
			continue;
		}
		if (!bits.live) continue;
		write(bits, ops);
		flatten(bits.first, ops);
		ops.push(makeOp("else", 0));
		flatten(bits.second, ops);
		ops.push(makeOp("end", 0));
		for (const phi of bits.phis) if (phi.live) write(phi, ops);
	}
}
function write(bits: Bits, ops: Op[]): void {
	bits.index = ops.length;
	ops.push(makeOp(bits.op, bits.w, bits.a?.index ?? -1, bits.b?.index ?? -1, bits.c?.index ?? -1, bits.lo, bits.hi, bits.d?.index ?? -1));
}
