/** Bits of a binary16, binary32 or binary64 number in, its class, sign, exponent and left-aligned significand out; and the bits of special results back. */

/** Where every operation of the library leaves its result: IEEE 754 bits (or an integer) in halves, and the flags that this operation raised. */
export interface FloatOut {
	lo: number;
	hi: number;
	flags: number;
}

/** The exceptions of IEEE 754-2019, chapter 7, as bits of `FloatOut.flags`. */
export const Flag = { inexact: 1, underflow: 2, overflow: 4, divideByZero: 8, invalid: 16 } as const;

/** The rounding-direction attributes (4.3). */
export const Rounding = { nearestEven: 0, towardZero: 1, down: 2, up: 3, nearestAway: 4 } as const;

/** Classes of numbers, ordered so that a NaN is what is at least `quiet`. */
export const Kind = { zero: 0, finite: 1, infinite: 2, quiet: 3, signalling: 4 } as const;

/** A number taken apart. Only a finite one has a significand: `hi:lo` / 2^63 lies in [1, 2), and the value is that times 2^`exponent`, subnormals included. */
export interface Unpacked {
	readonly kind: number;
	/** 1 when negative */
	readonly sign: number;
	readonly exponent: number;
	readonly hi: number;
	readonly lo: number;
}

/** Takes `w` bits apart; those above `w` are not looked at. */
export function unpack(w: number, lo: number, hi: number): Unpacked {
	if (w === 64) return normalise(hi >>> 31, (hi >>> 20) & 0x7ff, 0x7ff, (hi << 12) | (lo >>> 20), lo << 12);
	if (w === 32) return normalise(lo >>> 31, (lo >>> 23) & 0xff, 0xff, lo << 9, 0);
	return normalise((lo >>> 15) & 1, (lo >>> 10) & 0x1f, 0x1f, lo << 22, 0);
}

/** `hi:lo` is the fraction field, left-aligned; `most` the largest value of the exponent field, so that the bias is half of it. */
function normalise(sign: number, biased: number, most: number, hi: number, lo: number): Unpacked {
	const bias = most >> 1;
	if (biased === most) {
		const kind = (hi | lo) === 0 ? Kind.infinite : hi < 0 ? Kind.quiet : Kind.signalling;
		return { kind, sign, exponent: 0, hi: 0, lo: 0 };
	}
	if (biased !== 0) return { kind: Kind.finite, sign, exponent: biased - bias, hi: 0x80000000 | (hi >>> 1), lo: (hi << 31) | (lo >>> 1) };
	if ((hi | lo) === 0) return { kind: Kind.zero, sign, exponent: 0, hi: 0, lo: 0 };
	const zeros = hi === 0 ? 32 + Math.clz32(lo) : Math.clz32(hi);
	return { kind: Kind.finite, sign, exponent: -bias - zeros, hi: shiftLeftHigh(hi, lo, zeros), lo: shiftLeftLow(lo, zeros) };
}

/** High half of `hi:lo` << `n`, n from 0 to 63. */
export function shiftLeftHigh(hi: number, lo: number, n: number): number {
	return n === 0 ? hi : n < 32 ? (hi << n) | (lo >>> (32 - n)) : lo << (n - 32);
}
/** Low half of `hi:lo` << `n`, n from 0 to 63. */
export function shiftLeftLow(lo: number, n: number): number {
	return n < 32 ? lo << n : 0;
}
/** High half of `hi:lo` >>> `n`, n from 0 to any. */
export function shiftRightHigh(hi: number, n: number): number {
	return n < 32 ? (hi >>> n) | 0 : 0;
}
/** Low half of `hi:lo` >>> `n`, n from 0 to any; what falls out below is kept as a 1 in the lowest bit, so that rounding later still sees it. */
export function shiftRightJamLow(hi: number, lo: number, n: number): number {
	if (n === 0) return lo;
	if (n < 32) return (hi << (32 - n)) | (lo >>> n) | (lo << (32 - n) === 0 ? 0 : 1);
	if (n === 32) return hi | (lo === 0 ? 0 : 1);
	if (n < 64) return (hi >>> (n - 32)) | (((hi << (64 - n)) | lo) === 0 ? 0 : 1);
	return (hi | lo) === 0 ? 0 : 1;
}

/** The one NaN that operations deliver: positive, quiet, no payload. */
export function setNaN(out: FloatOut, w: number, flags: number): void {
	out.lo = w === 64 ? 0 : w === 32 ? 0x7fc00000 : 0x7e00;
	out.hi = w === 64 ? 0x7ff80000 : 0;
	out.flags = flags;
}
export function setInfinite(out: FloatOut, w: number, sign: number, flags: number): void {
	setTop(out, w, sign, w === 64 ? 0x7ff00000 : w === 32 ? 0x7f800000 : 0x7c00, flags);
}
export function setZero(out: FloatOut, w: number, sign: number): void {
	setTop(out, w, sign, 0, 0);
}
/** A number whose bits below the half (or the number) with the sign are 0. */
function setTop(out: FloatOut, w: number, sign: number, top: number, flags: number): void {
	const bits = w === 16 ? (sign << 15) | top : (sign << 31) | top;
	out.lo = w === 64 ? 0 : bits;
	out.hi = w === 64 ? bits : 0;
	out.flags = flags;
}
