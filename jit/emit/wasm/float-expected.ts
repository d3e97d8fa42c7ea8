/**
 * Floating-point ops of which nothing new is expected (expect.ts): an op in, its value by Wasm's arithmetic out, and questions whether that was right (jit/base/float/host.ts has
 * the proofs); where it was not the block is left for the interpreter. Inexact has been raised before and rounding is to nearest even.
 *
 * Whether a number is finite is not asked at once: infinities and NaNs show in what is computed from them by sums, products and roots, so it is asked of what is left of such
 * chains when the block is about to do something that must not happen again.
 */
import { type Op, opInfo } from "../../ir/op.ts";
import { fusedFunction } from "./float-functions.ts";
import type { FloatType, Node, Nodes } from "./nodes.ts";
import type { Conversion, FloatOperation } from "./operations.ts";
import type { Values } from "./values.ts";

/** What ops of a block need of their surroundings. */
export interface Doubtful {
	readonly values: Values;
	/** See `hostFuses`. */
	readonly fuses: () => boolean;
	/** Statements that leave the block for the interpreter, seldom: when the node is not 0. */
	readonly leave: (condition: Node) => Node[];
}

/** The numbers of a block of which is not known yet whether they are finite, by value; and those that are no NaN unless the block is left. */
export class Doubts {
	readonly #open = new Map<number, { readonly local: number; readonly type: FloatType }>();
	readonly #ordered = new Set<number>();

	constructor(readonly around: Doubtful) {}

	/** The op's value is in a local: a number that is finite just if the operands in `shown` are, and those that else make it infinite or none. */
	derive(i: number, local: number, type: FloatType, shown: readonly number[]): void {
		this.#shown(shown);
		this.#open.set(i, { local, type });
		this.#ordered.add(i);
		this.around.values.frame.hold(local);
	}
	/** Operands that have shown to be finite. */
	settle(i: number, shown: readonly number[]): void {
		this.#shown(shown);
		this.#ordered.add(i);
	}
	#shown(shown: readonly number[]): void {
		for (const v of shown) {
			this.#ordered.add(v);
			const doubt = this.#open.get(v);
			if (!doubt) continue;
			this.#open.delete(v);
			this.around.values.frame.release(doubt.local);
		}
	}
	isOrdered(v: number): boolean {
		return this.#ordered.has(v);
	}
	/** Asks what is open: something is about to happen. */
	ask(): void {
		const { values, leave } = this.around;
		const { nodes, frame } = values;
		for (const { local, type } of this.#open.values()) {
			for (const node of leave(nodes.unary("i32", "eqz", isFiniteIn(nodes, type, local)))) frame.emit(node);
			frame.release(local);
		}
		this.#open.clear();
	}
}

type NumberType = FloatType | "v128";

/** The upper half of the number in a local, without its sign: twice its bits. */
function size(nodes: Nodes, type: NumberType, local: number): Node {
	const bits = nodes.bits(type, nodes.get(local, type));
	return type === "f32" ? nodes.binary("i32", "shl", bits, nodes.i32(1)) : nodes.wrap(nodes.binary("i64", "shr", bits, nodes.i64(31, 0)));
}
/** By type: the size of infinity, and the least size that only numbers above the smallest normal one have. */
const infinite = { f64: 0xffe00000, v128: 0xffe00000, f32: 0xff000000 };
const least = { f64: 0x00200002, v128: 0x00200002, f32: 0x01000002 };

function isFiniteIn(nodes: Nodes, type: NumberType, local: number): Node {
	return nodes.binary("i32", "ltu", size(nodes, type, local), nodes.i32(infinite[type] | 0));
}
/** Is it finite and, if binary64, so far above the smallest normal number that the upper half shows it? */
function isNormal(nodes: Nodes, type: NumberType, local: number): Node {
	const above = nodes.binary("i32", "sub", size(nodes, type, local), nodes.i32(least[type]));
	return nodes.binary("i32", "ltu", above, nodes.i32((infinite[type] - least[type]) | 0));
}

const rounders: readonly FloatOperation[] = ["nearest", "trunc", "floor", "ceil"];
/** Below this the low part of a product may be lost to underflow. */
const splittable = { f64: 2 ** -968, f32: 2 ** -100 };

/** Emits floating-point op `i`. */
export function emitExpected(doubts: Doubts, i: number, op: Op): void {
	const { values: v, fuses, leave } = doubts.around;
	const { nodes, frame, ops } = v;
	const from = ops[op.a]!.w;
	const format: FloatType = from === 64 ? "f64" : "f32";
	const type: FloatType = op.w === 64 ? "f64" : "f32";
	// a product that is subtracted has an operation of its own
	const minuend = op.op === "fma" && format === "f64" && fuses() ? v.takeNegated(op.a) : -1;
	const negated = minuend >= 0;
	const given = [negated ? minuend : op.a, op.b, op.c].slice(0, opInfo[op.op].args);
	const operands = given.map((operand) => v.readers(operand, format));
	const n = (k: number): Node => operands[k]!.number();
	const emit = (...all: Node[]): void => {
		for (const node of all) frame.emit(node);
	};
	const not = (node: Node): Node => nodes.unary("i32", "eqz", node);
	const and = (a: Node, b: Node): Node => nodes.binary("i32", "and", a, b);
	const or = (a: Node, b: Node): Node => nodes.binary("i32", "or", a, b);
	const isZero = (k: number): Node => nodes.float(format, "eq", n(k), format === "f64" ? nodes.f64(0) : nodes.f32(0));
	const number = (value: number): Node => (type === "f64" ? nodes.f64(value) : nodes.f32(value));
	const compute = (value: Node, kept: NumberType = type): number => {
		const local = frame.temporary(kept);
		frame.set(local, value);
		return local;
	};
	/** A number that may be tiny: where it is not normal it is right, and exact, if `exact` says so. */
	const rounded = (value: Node, exact: (local: number) => Node, shown: readonly number[], kept: NumberType = type): void => {
		const local = compute(value, kept);
		emit(nodes.if(nodes.rare(not(isNormal(nodes, kept, local))), nodes.block(null, leave(not(exact(local))))));
		doubts.settle(i, shown);
		v.placed(i, local);
	};
	/** One that is right wherever it is finite. */
	const chained = (value: Node, shown: readonly number[]): void => {
		const local = compute(value);
		doubts.derive(i, local, type, shown);
		v.placed(i, local);
	};

	switch (op.op) {
		case "fadd":
		case "fsub":
			chained(nodes.float(type, op.op === "fadd" ? "add" : "sub", n(0), n(1)), given);
			break;
		case "fsqrt":
			chained(nodes.float(type, "sqrt", n(0)), given);
			break;
		case "fmul":
			rounded(nodes.float(type, "mul", n(0), n(1)), (local) => and(isFiniteIn(nodes, type, local), or(isZero(0), isZero(1))), given);
			break;
		case "fdiv":
			// what is divided by an infinity does not show it
			rounded(nodes.float(type, "div", n(0), n(1)), (local) => and(isFiniteIn(nodes, type, local), isZero(0)), given.slice(0, 1));
			break;
		case "fma": {
			const isLarge = (): Node => nodes.float(type, "ge", nodes.float(type, "abs", nodes.float(type, "mul", n(0), n(1))), number(splittable[type]));
			const kept = type === "f64" ? "v128" : type;
			const exact = (local: number): Node => and(isFiniteIn(nodes, kept, local), or(isLarge(), or(isZero(0), isZero(1))));
			const vector = (k: number): Node => operands[k]!.vector?.() ?? nodes.splat(type, n(k));
			const product = (): Node => nodes.multiplyAdd(type, negated, vector(0), vector(1), vector(2));
			if (fuses()) rounded(kept === "v128" ? product() : nodes.first(type, product()), exact, given, kept);
			// the function answers NaN where it is not sure
			else chained(nodes.call(fusedFunction(nodes, type), [n(0), n(1), n(2), nodes.i32(1)], type), given);
			break;
		}
		case "fconvert":
			if (from === 32) chained(nodes.convert("promote", n(0)), given);
			else rounded(nodes.convert("demote", n(0)), (local) => nodes.float("f64", "eq", nodes.convert("promote", nodes.get(local, type)), n(0)), []);
			break;
		case "ffroms":
		case "ffromu": {
			const how = `${type}${op.op === "ffroms" ? "s" : "u"}${from}` as Conversion;
			const local = compute(nodes.convert(how, operands[0]!.bits()));
			doubts.settle(i, []);
			v.placed(i, local);
			break;
		}
		case "ftoints":
		case "ftointu": {
			const isSigned = op.op === "ftoints";
			const mode = op.d >= 0 && ops[op.d]!.op === "const" ? ops[op.d]!.lo : 0;
			const whole = frame.scratch("f64");
			const t = (): Node => nodes.get(whole, "f64");
			emit(nodes.set(whole, nodes.float("f64", rounders[mode]!, format === "f64" ? n(0) : nodes.convert("promote", n(0)))));
			const above = nodes.float("f64", "ge", t(), nodes.f64(isSigned ? -(2 ** (op.w - 1)) : 0));
			emit(...leave(not(and(above, nodes.float("f64", "lt", t(), nodes.f64(2 ** (isSigned ? op.w - 1 : op.w)))))));
			const result = frame.temporary(op.w === 64 ? "i64" : "i32");
			emit(nodes.set(result, nodes.convert(`${isSigned ? "s" : "u"}${op.w as 32 | 64}f64`, t())));
			doubts.settle(i, given);
			v.placed(i, result);
			break;
		}
		default: {
			given.forEach((operand, k) => {
				if (!doubts.isOrdered(operand)) emit(...leave(not(nodes.float(format, "le", n(k), n(k)))));
			});
			const result = frame.temporary("i32");
			emit(nodes.set(result, nodes.float(format, op.op.slice(1) as FloatOperation, n(0), n(1))));
			v.placed(i, result);
		}
	}
}
