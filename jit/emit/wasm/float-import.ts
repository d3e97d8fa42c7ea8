/** Exact floating-point ops for Wasm code: the kind of an op as a number and operands in halves in, the low half of the result out; the rest is in the header. */
import type { FloatOut } from "../../base/float/float.ts";
import { Header } from "../../base/layout.ts";
import { type FloatKind, floating } from "../../ir/floating.ts";
import { floatNames } from "../../ir/op.ts";

/** A kind in one number. */
export const packKind = ({ op, w, from, lo }: FloatKind): number => floatNames.indexOf(op) | (w << 8) | (from << 16) | (lo << 24);
const unpackKind = (n: number): FloatKind => ({ op: floatNames[n & 0xff]!, w: (n >> 8) & 0xff, from: (n >> 16) & 0xff, lo: n >>> 24 });

/** The function that modules import as `env.float`. */
export function floatImport(memory: WebAssembly.Memory): (...words: number[]) => number {
	const words = new Int32Array(memory.buffer);
	const out: FloatOut = { lo: 0, hi: 0, flags: 0 };
	const kinds = new Map<number, FloatKind>();
	return (state, packed, al, ah, bl, bh, cl, ch, mode) => {
		let kind = kinds.get(packed!);
		if (!kind) {
			kind = unpackKind(packed!);
			kinds.set(packed!, kind);
		}
		floating(kind, al!, ah!, bl!, bh!, cl!, ch!, mode!, out);
		words[(state! + Header.high) >> 2] = out.hi;
		words[(state! + Header.flags) >> 2] = out.flags;
		return out.lo;
	};
}
