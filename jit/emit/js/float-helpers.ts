/** Helpers of generated JavaScript for floating-point ops: a name in, the function that does that op out. It asks the host's arithmetic where that is proven right, else the library. */
import type { FloatOut } from "../../base/float/float.ts";
import * as host from "../../base/float/host.ts";
import { type FloatKind, floating } from "../../ir/floating.ts";
import { type OpName, opInfo } from "../../ir/op.ts";

/** See `floatOp` for how a helper is called: operands in halves or words, the mode where the op rounds, the flags of before. */
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
	const slow = exact(kind, opInfo[kind.op].args, out);
	return fast64(kind, slow, out) ?? fast32(kind, slow, out) ?? between(kind, slow, out) ?? compared(kind, slow, out) ?? slow;
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

const two = {
	64: { fadd: host.add64, fsub: host.sub64, fmul: host.mul64, fdiv: host.div64 },
	32: { fadd: host.add32, fsub: host.sub32, fmul: host.mul32, fdiv: host.div32 },
};
const twoOf = (bits: 32 | 64, op: OpName) => (op === "fadd" || op === "fsub" || op === "fmul" || op === "fdiv" ? two[bits][op] : undefined);

/** Arithmetic on binary64. */
function fast64({ op, from, w }: FloatKind, slow: Helper, out: FloatOut): Helper | undefined {
	if (from !== 64 || w !== 64) return undefined;
	const numbers = new Float64Array(3);
	const words = new Int32Array(numbers.buffer);
	const take = (r: number): number => {
		numbers[0] = r;
		out.hi = words[1]!;
		out.flags = 0;
		return words[0]!;
	};
	const operation = twoOf(64, op);
	if (operation)
		return (al, ah, bl, bh, mode, old) => {
			words[0] = al!;
			words[1] = ah!;
			words[2] = bl!;
			words[3] = bh!;
			const r = mode === 0 ? operation(numbers[0]!, numbers[1]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(al!, ah!, bl!, bh!, mode!) : take(r);
		};
	if (op === "fsqrt")
		return (al, ah, mode, old) => {
			words[0] = al!;
			words[1] = ah!;
			const r = mode === 0 ? host.sqrt64(numbers[0]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(al!, ah!, mode!) : take(r);
		};
	if (op === "fma")
		return (al, ah, bl, bh, cl, ch, mode, old) => {
			words[0] = al!;
			words[1] = ah!;
			words[2] = bl!;
			words[3] = bh!;
			words[4] = cl!;
			words[5] = ch!;
			const r = mode === 0 ? host.fma64(numbers[0]!, numbers[1]!, numbers[2]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(al!, ah!, bl!, bh!, cl!, ch!, mode!) : take(r);
		};
	return undefined;
}

/** Arithmetic on binary32. */
function fast32({ op, from, w }: FloatKind, slow: Helper, out: FloatOut): Helper | undefined {
	if (from !== 32 || w !== 32) return undefined;
	const numbers = new Float32Array(3);
	const words = new Int32Array(numbers.buffer);
	const take = (r: number): number => {
		numbers[0] = r;
		out.hi = 0;
		out.flags = 0;
		return words[0]!;
	};
	const operation = twoOf(32, op);
	if (operation)
		return (a, b, mode, old) => {
			words[0] = a!;
			words[1] = b!;
			const r = mode === 0 ? operation(numbers[0]!, numbers[1]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(a!, b!, mode!) : take(r);
		};
	if (op === "fsqrt")
		return (a, mode, old) => {
			words[0] = a!;
			const r = mode === 0 ? host.sqrt32(numbers[0]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(a!, mode!) : take(r);
		};
	if (op === "fma")
		return (a, b, c, mode, old) => {
			words[0] = a!;
			words[1] = b!;
			words[2] = c!;
			const r = mode === 0 ? host.fma32(numbers[0]!, numbers[1]!, numbers[2]!, old!) : Number.NaN;
			return Number.isNaN(r) ? slow(a!, b!, c!, mode!) : take(r);
		};
	return undefined;
}

/** Where to round to a whole number, by mode; to nearest even is left to the library. */
const rounders: readonly ((a: number) => number)[] = [() => Number.NaN, Math.trunc, Math.floor, Math.ceil, () => Number.NaN];

/** Between the two formats, and between them and integers of 32 bits. */
function between({ op, from, w }: FloatKind, slow: Helper, out: FloatOut): Helper | undefined {
	const doubles = new Float64Array(1);
	const words = new Int32Array(doubles.buffer);
	const singles = new Float32Array(1);
	const word = new Int32Array(singles.buffer);
	const takeDouble = (r: number): number => {
		doubles[0] = r;
		out.hi = words[1]!;
		out.flags = 0;
		return words[0]!;
	};
	if (op === "fconvert" && from === 32 && w === 64)
		return (a, mode) => {
			word[0] = a!;
			const r = singles[0]!;
			return Number.isNaN(r) ? slow(a!, mode!) : takeDouble(r);
		};
	if (op === "fconvert" && from === 64 && w === 32)
		return (al, ah, mode, old) => {
			words[0] = al!;
			words[1] = ah!;
			const r = mode === 0 ? host.narrow(doubles[0]!, old!) : Number.NaN;
			if (Number.isNaN(r)) return slow(al!, ah!, mode!);
			singles[0] = r;
			out.hi = 0;
			out.flags = 0;
			return word[0]!;
		};
	if ((op === "ffroms" || op === "ffromu") && from === 32 && w === 64) return op === "ffroms" ? (a) => takeDouble(a! | 0) : (a) => takeDouble(a! >>> 0);
	if ((op === "ftoints" || op === "ftointu") && from === 64 && w === 32) {
		const [least, most] = op === "ftoints" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
		return (al, ah, mode) => {
			words[0] = al!;
			words[1] = ah!;
			const a = doubles[0]!;
			const t = mode! <= 3 ? rounders[mode!]!(a) : Number.NaN;
			if (!(t >= least && t <= most)) return slow(al!, ah!, mode!);
			out.hi = 0;
			out.flags = t === a ? 0 : 1;
			return t | 0;
		};
	}
	return undefined;
}

/** Comparisons: ordered numbers raise nothing. */
function compared({ op, from }: FloatKind, slow: Helper, out: FloatOut): Helper | undefined {
	const compare =
		op === "feq"
			? (a: number, b: number) => a === b
			: op === "flt"
				? (a: number, b: number) => a < b
				: op === "fle"
					? (a: number, b: number) => a <= b
					: undefined;
	if (!compare || from < 32) return undefined;
	const numbers = from === 64 ? new Float64Array(2) : new Float32Array(2);
	const words = new Int32Array(numbers.buffer);
	const ask = (): number => {
		const a = numbers[0]!;
		const b = numbers[1]!;
		if (Number.isNaN(a) || Number.isNaN(b)) return -1;
		out.hi = 0;
		out.flags = 0;
		return compare(a, b) ? 1 : 0;
	};
	if (from === 32)
		return (a, b) => {
			words[0] = a!;
			words[1] = b!;
			const r = ask();
			return r >= 0 ? r : slow(a!, b!, 0);
		};
	return (al, ah, bl, bh) => {
		words[0] = al!;
		words[1] = ah!;
		words[2] = bl!;
		words[3] = bh!;
		const r = ask();
		return r >= 0 ? r : slow(al!, ah!, bl!, bh!, 0);
	};
}
