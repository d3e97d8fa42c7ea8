/** Two numbers in, their quotient out. */
import { mulhu32 } from "../halves.ts";
import { Flag, type FloatOut, Kind, setInfinite, setNaN, setZero, shiftLeftHigh, type Unpacked, unpack } from "./format.ts";
import { roundPack } from "./round.ts";

/** a / b (IEEE 754-2019, 5.4.1). */
export function div(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, mode: number): void {
	const a = unpack(w, aLo, aHi);
	const b = unpack(w, bLo, bHi);
	const sign = a.sign ^ b.sign;
	if (a.kind === Kind.finite && b.kind === Kind.finite) quotient(out, w, sign, a, b, mode);
	else if (a.kind >= Kind.quiet || b.kind >= Kind.quiet) {
		setNaN(out, w, a.kind === Kind.signalling || b.kind === Kind.signalling ? Flag.invalid : 0);
	} else if (a.kind === b.kind) setNaN(out, w, Flag.invalid);
	else if (a.kind === Kind.infinite) setInfinite(out, w, sign, 0);
	else if (b.kind === Kind.zero) setInfinite(out, w, sign, Flag.divideByZero);
	else setZero(out, w, sign);
}

const digit = 2 ** 28;

/**
 * Two digits of 28 bits by schoolbook division, then a jammed bit: 56 bits, of which 53 and a half are needed. The significands are integers below 2^53, thus exact as
 * the host's numbers; each digit is the host's quotient, which is right or one too large, because it is below 2^28 and wrong by less than 2^-25.
 */
function quotient(out: FloatOut, w: number, sign: number, a: Unpacked, b: Unpacked, mode: number): void {
	const divisor = integer(b.hi, b.lo);
	let exponent = a.exponent - b.exponent;
	let first = integer(a.hi, a.lo);
	// the quotient is to lie in [1/2, 1), so that the first digit has all its bits
	if (first >= divisor) exponent += 1;
	else first *= 2;
	// first < 2 * divisor: digits of first / 2 / divisor, whose last digit is therefore one bit short of what is divided
	const q1 = Math.floor((first * (digit / 2)) / divisor);
	const r1 = remainder(first, digit / 2, q1, divisor);
	const d1 = r1 < 0 ? q1 - 1 : q1;
	const rest = r1 < 0 ? r1 + divisor : r1;
	const q2 = Math.floor((rest * digit) / divisor);
	const r2 = remainder(rest, digit, q2, divisor);
	const d2 = r2 < 0 ? q2 - 1 : q2;
	// d1:d2 has 56 bits with the top one set: left-aligned, bits 63-36 and 35-8
	const low = (d2 << 8) | (r2 === 0 ? 0 : 1);
	roundPack(out, w, sign, exponent - 1, (d1 << 4) | (d2 >>> 24), low, mode);
}

/** The upper 53 bits of a left-aligned significand; the others are 0. */
function integer(hi: number, lo: number): number {
	return (hi >>> 0) * 2097152 + (lo >>> 11);
}

/** `n` * `scale` - `q` * `d` exactly, for a power of two `scale` and a result below 2^53 in magnitude: both products modulo 2^64 are enough. */
function remainder(n: number, scale: number, q: number, d: number): number {
	const dl = d | 0;
	const nl = n | 0;
	const nh = (n / 4294967296) | 0;
	const by = 31 - Math.clz32(scale);
	const pl = Math.imul(q, dl);
	const ph = (mulhu32(q, dl) + Math.imul(q, (d / 4294967296) | 0)) | 0;
	const sl = nl << by;
	const sh = shiftLeftHigh(nh, nl, by);
	return ((sh - ph - (sl >>> 0 < pl >>> 0 ? 1 : 0)) | 0) * 4294967296 + ((sl - pl) >>> 0);
}
