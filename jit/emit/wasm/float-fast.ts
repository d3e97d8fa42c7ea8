/** The quick way of a floating-point op, if it has one: its value by Wasm's arithmetic, and the conditions under which that is right (jit/base/float/host.ts has the proofs). */
import type { Op } from "../../ir/op.ts";
import { fusedFunction } from "./float-functions.ts";
import type { Frame } from "./frame.ts";
import { multiplyAdd } from "./fused.ts";
import type { AnyType, FloatType, Node, Nodes } from "./nodes.ts";
import type { Conversion, FloatOperation } from "./operations.ts";

export interface FastContext {
	readonly nodes: Nodes;
	readonly frame: Frame;
	readonly op: Op;
	readonly from: number;
	/** The rounding mode where it is known. */
	readonly mode: number | null;
	/** See `hostFuses`. */
	readonly fuses: () => boolean;
	/** The flags of before. */
	readonly old: () => Node;
	readonly integers: readonly (() => Node)[];
	readonly numbers: readonly (() => Node)[];
}

export interface Fast {
	/** Of the local for the result. */
	readonly type: AnyType;
	/** Right to nearest even only. */
	readonly needsNearest: boolean;
	/** Right only if inexact has been raised before, where flags are asked for. */
	readonly needsInexact: boolean;
	/** Right always. */
	readonly always: boolean;
	/** Statements before, which leave to a label where this is not the way. */
	readonly before: (away: string) => Node[];
	readonly value: () => Node;
	/** Statements after it, which may set the result again. */
	readonly after: (result: number) => Node[];
	/** All must hold, asked in this order when the result is in its local. */
	readonly conditions: (result: number) => Node[];
	readonly flags: () => Node;
}

const least = { f64: 2 ** -1022, f32: 2 ** -126 };

/** The quick way of the op, or null. */
export function fastPath(c: FastContext): Fast | null {
	const { nodes, op, from, mode } = c;
	const format: FloatType | null = from === 64 ? "f64" : from === 32 ? "f32" : null;
	if (format === null || (op.w !== 64 && op.w !== 32 && op.w !== 1)) return null;
	const type: FloatType = op.w === 64 ? "f64" : "f32";
	const plain = {
		type: type as AnyType,
		needsNearest: true,
		needsInexact: true,
		always: false,
		before: () => [],
		after: () => [],
		conditions: () => [],
		flags: () => nodes.i32(0),
	};
	const n = (i: number): Node => c.numbers[i]!();
	const number = (value: number, of: FloatType = type): Node => (of === "f64" ? nodes.f64(value) : nodes.f32(value));
	const r = (result: number): Node => nodes.get(result, type);
	const size = (result: number): Node => nodes.float(type, "abs", r(result));
	const finite = (result: number): Node => nodes.float(type, "lt", size(result), number(Number.POSITIVE_INFINITY));
	const normal = (result: number): Node => nodes.float(type, "gt", size(result), number(least[type]));
	const nearest = mode === null || mode === 0;

	switch (op.op) {
		case "fadd":
		case "fsub":
			if (!nearest) return null;
			return { ...plain, value: () => nodes.float(type, op.op === "fadd" ? "add" : "sub", n(0), n(1)), conditions: (to) => [finite(to)] };
		case "fmul":
		case "fdiv":
			if (!nearest) return null;
			return { ...plain, value: () => nodes.float(type, op.op === "fmul" ? "mul" : "div", n(0), n(1)), conditions: (to) => [finite(to), normal(to)] };
		case "fsqrt":
			if (!nearest) return null;
			return { ...plain, value: () => nodes.float(type, "sqrt", n(0)), conditions: (to) => [nodes.float(type, "lt", r(to), number(Number.POSITIVE_INFINITY))] };
		case "fma": {
			if (!nearest) return null;
			const composed = (): Node => nodes.call(fusedFunction(nodes, type), [n(0), n(1), n(2), c.old()], type);
			const proven = { ...plain, needsInexact: false, value: composed, conditions: (to: number) => [nodes.float(type, "eq", r(to), r(to))] };
			if (!c.fuses()) return proven;
			const and = (x: Node, y: Node): Node => nodes.binary("i32", "and", x, y);
			const unsure = (to: number): Node => nodes.unary("i32", "eqz", and(and(finite(to), normal(to)), c.old()));
			const value = (): Node => multiplyAdd(nodes, type, false, [n(0), n(1), n(2)]);
			return { ...proven, value, after: (to) => [nodes.if(nodes.rare(unsure(to)), nodes.set(to, composed()))] };
		}
		case "fconvert":
			if (from === op.w) return null;
			if (from === 32) {
				const ordered = (to: number): Node[] => [nodes.float(type, "eq", r(to), r(to))];
				return { ...plain, needsNearest: false, needsInexact: false, value: () => nodes.convert("promote", n(0)), conditions: ordered };
			}
			return nearest ? { ...plain, value: () => nodes.convert("demote", n(0)), conditions: (to) => [finite(to), normal(to)] } : null;
		case "ffroms":
		case "ffromu": {
			const always = from === 32 && op.w === 64;
			if (!always && !nearest) return null;
			const how = `${type}${op.op === "ffroms" ? "s" : "u"}${from}` as Conversion;
			return { ...plain, needsNearest: !always, needsInexact: !always, always, value: () => nodes.convert(how, c.integers[0]!()) };
		}
		case "ftoints":
		case "ftointu":
			return toInteger(c, format);
		case "feq":
		case "flt":
		case "fle": {
			const ordered = (): Node => nodes.binary("i32", "and", nodes.float(format, "eq", n(0), n(0)), nodes.float(format, "eq", n(1), n(1)));
			const operation = op.op.slice(1) as FloatOperation;
			return {
				...plain,
				type: "i32",
				needsNearest: false,
				needsInexact: false,
				value: () => nodes.float(format, operation, n(0), n(1)),
				conditions: () => [ordered()],
			};
		}
		default:
			return null;
	}
}

const rounders: readonly FloatOperation[] = ["nearest", "trunc", "floor", "ceil"];

/** Rounds first; what is in range then is right in every mode, and inexact where rounding changed something. */
function toInteger({ nodes, frame, op, mode, numbers }: FastContext, format: FloatType): Fast | null {
	const rounder = rounders[mode ?? 0];
	if (rounder === undefined) return null;
	const isSigned = op.op === "ftoints";
	const a = (): Node => (format === "f64" ? numbers[0]!() : nodes.convert("promote", numbers[0]!()));
	const rounded = frame.scratch("f64");
	const t = (): Node => nodes.get(rounded, "f64");
	const outside = (away: string, comparison: FloatOperation, bound: number): Node =>
		nodes.br(away, nodes.rare(nodes.unary("i32", "eqz", nodes.float("f64", comparison, t(), nodes.f64(bound)))));
	const how = `${isSigned ? "s" : "u"}${op.w}f64` as Conversion;
	return {
		type: op.w === 64 ? "i64" : "i32",
		needsNearest: mode === null,
		needsInexact: false,
		always: false,
		before: (away) => [
			nodes.set(rounded, nodes.float("f64", rounder, a())),
			outside(away, "ge", isSigned ? -(2 ** (op.w - 1)) : 0),
			outside(away, "lt", 2 ** (isSigned ? op.w - 1 : op.w)),
		],
		value: () => nodes.convert(how, t()),
		after: () => [],
		conditions: () => [],
		flags: () => nodes.float("f64", "ne", t(), a()),
	};
}
