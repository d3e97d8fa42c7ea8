/** Floating-point ops: an op and its operands in, a call of the helper that knows its format out; flags become a local of their own. */
import { type Op, opInfo } from "../../ir/op.ts";
import type { PureContext } from "./context.ts";

/** The local with the flags that floating-point op `i` raised. */
export const flagsName = (i: number): string => `f${i}`;

/** The name of the helper of an op: what it does, from which format or width, to which. */
export const helperName = ({ op, w, lo }: Op, from: number): string => `${op}_${from}_${w}_${lo}`;

/** Emits floating-point op `i`. Helpers take halves (one word up to 32 bits), the mode, the flags of before; they leave high half and flags in `float`. */
export function floatOp({ values, need, line }: PureContext, i: number, op: Op): void {
	const asked = values.asked.has(i);
	const before = values.before.get(i);
	if (!values.used(i) && !asked) return;
	const operands = [op.a, op.b, op.c].slice(0, opInfo[op.op].args).flatMap((v) => (values.wide(v) ? values.halves(v) : [values.text(v)]));
	const mode = op.d >= 0 ? [values.text(op.d)] : [];
	// where nobody asks for flags, a result may as well be inexact
	const old = !asked ? "1" : before === undefined ? "0" : values.text(before);
	const call = `${need(helperName(op, values.width(op.a)))}(${[...operands, ...mode, old].join(", ")})`;
	const { lo, hi } = values.own(i);
	line(`const ${lo} = ${call}${values.wide(i) ? `, ${hi} = ${need("float")}.hi` : ""}${asked ? `, ${flagsName(i)} = ${need("float")}.flags` : ""};`);
}
