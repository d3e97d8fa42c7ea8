/** A list of ops in, the arms of its `if`s that can be functions of their own out: so that a long routine stays short enough for V8 to optimise. */
import { foldable, makeOp, type Op } from "../../ir/op.ts";
import { armsOf } from "../shared/region.ts";

/** An arm that only computes, and gives one value. */
export interface OutlinedArm {
	/** The arm alone: first an `operand` for each of `inputs`, then its ops; `result` is the one that the phi names. */
	readonly ops: readonly Op[];
	readonly result: number;
	/** Values from outside that it takes, by their numbers there. */
	readonly inputs: readonly number[];
}

export interface Outlined {
	/** The ops with those arms empty. What stands for the ops of an arm makes nothing. */
	readonly ops: readonly Op[];
	/** By number of the phi: what its first and its second arm became; null: stays. */
	readonly arms: ReadonlyMap<number, readonly [OutlinedArm | null, OutlinedArm | null]>;
}

/** Shorter arms stay where they are. */
const shortest = 12;

const inner = ({ op }: Op): boolean => foldable(op) || op === "getreg" || op === "phi" || op === "if" || op === "else" || op === "end";

export function outline(ops: readonly Op[]): Outlined {
	const out = [...ops];
	const arms = new Map<number, [OutlinedArm | null, OutlinedArm | null]>();
	const gone = new Uint8Array(ops.length);
	for (const [at, { else: middle, end, phis }] of [...armsOf({ ops })].sort((a, b) => a[0] - b[0])) {
		if (gone[at]) continue;
		for (const second of [false, true]) {
			const [from, to] = second ? [middle + 1, end] : [at + 1, middle];
			const made = phis.filter((p) => (second ? ops[p]!.b : ops[p]!.a) >= from);
			const phi = made[0];
			if (phi === undefined || made.length > 1 || ops[phi]!.w > 32) continue;
			const arm = cut(ops, from, to, second ? ops[phi]!.b : ops[phi]!.a);
			if (!arm) continue;
			const pair = arms.get(phi) ?? [null, null];
			pair[second ? 1 : 0] = arm;
			arms.set(phi, pair);
			for (let i = from; i < to; i++) out[i] = makeOp("const", ops[i]!.w);
			gone.fill(1, from, to);
		}
	}
	return { ops: out, arms };
}

/** The ops from `from` to before `to` as an arm of its own; null when it is short, or does more than compute. */
function cut(ops: readonly Op[], from: number, to: number, result: number): OutlinedArm | null {
	const body = ops.slice(from, to);
	if (body.filter(({ op }) => op !== "const").length < shortest || !body.every(inner)) return null;
	const inputs = new Set<number>();
	/** Constants of outside become the arm's own. */
	const constants = new Set<number>();
	for (const { a, b, c } of body) for (const v of [a, b, c]) if (v >= 0 && v < from) (ops[v]!.op === "const" ? constants : inputs).add(v);
	const places = new Map<number, number>();
	const own: Op[] = [];
	for (const v of inputs) places.set(v, own.push(makeOp("operand", ops[v]!.w, -1, -1, -1, own.length)) - 1);
	for (const v of constants) places.set(v, own.push(ops[v]!) - 1);
	const place = (v: number): number => (v < 0 ? v : v < from ? places.get(v)! : v - from + first);
	const first = own.length;
	for (const { op, w, a, b, c, lo, hi } of body) own.push(makeOp(op, w, place(a), place(b), place(c), lo, hi));
	return { ops: own, result: place(result), inputs: [...inputs] };
}
