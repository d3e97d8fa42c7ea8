/** Helpers of generated JavaScript for floating-point ops: a name in, the function that does that op out. */
import type { FloatOut } from "../../base/float/float.ts";
import { type FloatKind, floating } from "../../ir/floating.ts";
import { type OpName, opInfo } from "../../ir/op.ts";

/** See `floatOp` for how a helper is called. */
type Helper = (...words: number[]) => number;

/** Gives helpers by name, and under the name "float" the object where they leave the high half and the flags of the last result. */
export function floatHelpers(): (name: string) => Helper | FloatOut | undefined {
	const float: FloatOut = { lo: 0, hi: 0, flags: 0 };
	const made = new Map<string, Helper>();
	return (name) => {
		if (name === "float") return float;
		let helper = made.get(name);
		if (!helper) {
			helper = makeHelper(name, float);
			if (helper) made.set(name, helper);
		}
		return helper;
	};
}

function makeHelper(name: string, out: FloatOut): Helper | undefined {
	const [op, from, w, lo] = name.split("_");
	if (!op || !Object.hasOwn(opInfo, op)) return undefined;
	const kind: FloatKind = { op: op as OpName, from: Number(from), w: Number(w), lo: Number(lo) };
	return exact(kind, opInfo[kind.op].args, out);
}

/** By the library, whatever the operands and the mode. */
function exact(kind: FloatKind, args: number, out: FloatOut): Helper {
	const wide = kind.from > 32;
	if (args === 1) {
		if (wide) return (al, ah, mode) => floating(kind, al!, ah!, 0, 0, 0, 0, mode!, out);
		return (a, mode) => floating(kind, a!, 0, 0, 0, 0, 0, mode!, out);
	}
	if (args === 2) {
		if (wide) return (al, ah, bl, bh, mode) => floating(kind, al!, ah!, bl!, bh!, 0, 0, mode!, out);
		return (a, b, mode) => floating(kind, a!, 0, b!, 0, 0, 0, mode!, out);
	}
	if (wide) return (al, ah, bl, bh, cl, ch, mode) => floating(kind, al!, ah!, bl!, bh!, cl!, ch!, mode!, out);
	return (a, b, c, mode) => floating(kind, a!, 0, b!, 0, c!, 0, mode!, out);
}
