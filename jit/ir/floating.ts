/** A floating-point op and its operands' halves in, its value and the flags it raises out: what every engine computes when it has no quicker way. */
import type { FloatOut } from "../base/float/float.ts";
import * as float from "../base/float/float.ts";
import type { OpName } from "./op.ts";

/** What a floating-point op is apart from its operands: `from` is the width of the first one, `lo` the immediate. */
export interface FloatKind {
	readonly op: OpName;
	readonly w: number;
	readonly from: number;
	readonly lo: number;
}

type Perform = (out: FloatOut, kind: FloatKind, al: number, ah: number, bl: number, bh: number, mode: number, cl: number, ch: number) => void;

const toInteger: Perform = (out, { op, w, from }, al, ah, _bl, _bh, mode) => float.toInt(out, from, w, op === "ftoints", al, ah, mode);
const fromInteger: Perform = (out, { op, w, from }, al, ah, _bl, _bh, mode) => float.fromInt(out, w, from, op === "ffroms", al, ah, mode);

const table: Partial<Record<OpName, Perform>> = {
	fadd: (out, { w }, al, ah, bl, bh, mode) => float.add(out, w, al, ah, bl, bh, mode),
	fsub: (out, { w }, al, ah, bl, bh, mode) => float.sub(out, w, al, ah, bl, bh, mode),
	fmul: (out, { w }, al, ah, bl, bh, mode) => float.mul(out, w, al, ah, bl, bh, mode),
	fdiv: (out, { w }, al, ah, bl, bh, mode) => float.div(out, w, al, ah, bl, bh, mode),
	fsqrt: (out, { w }, al, ah, _bl, _bh, mode) => float.sqrt(out, w, al, ah, mode),
	fma: (out, { w }, al, ah, bl, bh, mode, cl, ch) => float.fma(out, w, al, ah, bl, bh, cl, ch, mode),
	fconvert: (out, { w, from }, al, ah, _bl, _bh, mode) => float.convert(out, from, w, al, ah, mode),
	ftoints: toInteger,
	ftointu: toInteger,
	ffroms: fromInteger,
	ffromu: fromInteger,
	fround: (out, { w, lo }, al, ah, _bl, _bh, mode) => float.roundToInt(out, w, al, ah, mode, lo === 1),
	feq: (out, { from, lo }, al, ah, bl, bh) => float.eq(out, from, al, ah, bl, bh, lo === 1),
	flt: (out, { from, lo }, al, ah, bl, bh) => float.lt(out, from, al, ah, bl, bh, lo === 1),
	fle: (out, { from, lo }, al, ah, bl, bh) => float.le(out, from, al, ah, bl, bh, lo === 1),
};

/** Writes value and flags to `out`; answers the low half. Operands that the op does not take do not matter; a mode that does not exist counts as 0. */
export function floating(kind: FloatKind, al: number, ah: number, bl: number, bh: number, cl: number, ch: number, mode: number, out: FloatOut): number {
	(table[kind.op] as Perform)(out, kind, al, ah, bl, bh, mode >>> 0 > 4 ? 0 : mode, cl, ch);
	return out.lo;
}
