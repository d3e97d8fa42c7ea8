/** Two numbers in, their product out; and the exact 128-bit product of two significands, which fma uses too. */
import { mulhu32 } from "../halves.ts";
import { Flag, type FloatOut, Kind, setInfinite, setNaN, setZero, type Unpacked, unpack } from "./format.ts";
import { roundPack } from "./round.ts";

/** A 128-bit number in four words, `w3` the highest. */
export interface Wide {
	readonly w3: number;
	readonly w2: number;
	readonly w1: number;
	readonly w0: number;
}

/** The exact product of two significands. */
export function product(a: Unpacked, b: Unpacked): Wide {
	if ((a.lo | b.lo) === 0) return { w3: mulhu32(a.hi, b.hi), w2: Math.imul(a.hi, b.hi), w1: 0, w0: 0 };
	const s1 = (mulhu32(a.lo, b.lo) >>> 0) + (Math.imul(a.lo, b.hi) >>> 0) + (Math.imul(a.hi, b.lo) >>> 0);
	const s2 = (mulhu32(a.lo, b.hi) >>> 0) + (mulhu32(a.hi, b.lo) >>> 0) + (Math.imul(a.hi, b.hi) >>> 0) + Math.floor(s1 / 4294967296);
	return { w3: (mulhu32(a.hi, b.hi) + Math.floor(s2 / 4294967296)) | 0, w2: s2 | 0, w1: s1 | 0, w0: Math.imul(a.lo, b.lo) };
}

/** a * b (IEEE 754-2019, 5.4.1). */
export function mul(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, mode: number): void {
	const a = unpack(w, aLo, aHi);
	const b = unpack(w, bLo, bHi);
	const sign = a.sign ^ b.sign;
	if (a.kind === Kind.finite && b.kind === Kind.finite) {
		const p = product(a, b);
		const low = p.w2 | ((p.w1 | p.w0) === 0 ? 0 : 1);
		if (p.w3 < 0) roundPack(out, w, sign, a.exponent + b.exponent + 1, p.w3, low, mode);
		else roundPack(out, w, sign, a.exponent + b.exponent, (p.w3 << 1) | (p.w2 >>> 31), (p.w2 << 1) | (low & 1), mode);
	} else if (a.kind >= Kind.quiet || b.kind >= Kind.quiet) {
		setNaN(out, w, a.kind === Kind.signalling || b.kind === Kind.signalling ? Flag.invalid : 0);
	} else if (a.kind === Kind.infinite || b.kind === Kind.infinite) {
		if (a.kind === Kind.zero || b.kind === Kind.zero) setNaN(out, w, Flag.invalid);
		else setInfinite(out, w, sign, 0);
	} else setZero(out, w, sign);
}
