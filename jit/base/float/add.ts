/** Two numbers in, their sum or difference out. */
import {
	Flag,
	type FloatOut,
	Kind,
	Rounding,
	setInfinite,
	setNaN,
	setZero,
	shiftLeftHigh,
	shiftLeftLow,
	shiftRightHigh,
	shiftRightJamLow,
	type Unpacked,
	unpack,
} from "./format.ts";
import { roundPack } from "./round.ts";

/** a + b (IEEE 754-2019, 5.4.1). */
export function add(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, mode: number): void {
	const b = unpack(w, bLo, bHi);
	sum(out, w, unpack(w, aLo, aHi), b, b.sign, mode);
}
/** a - b. */
export function sub(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, mode: number): void {
	const b = unpack(w, bLo, bHi);
	sum(out, w, unpack(w, aLo, aHi), b, b.sign ^ 1, mode);
}

/** What the sum of two zeros or of x and -x is: -0 when both are negative, and when their signs differ and the rounding is downward (6.3). */
export function zeroSign(a: number, b: number, mode: number): number {
	return a === b ? a : mode === Rounding.down ? 1 : 0;
}

function sum(out: FloatOut, w: number, a: Unpacked, b: Unpacked, bSign: number, mode: number): void {
	if (a.kind === Kind.finite && b.kind === Kind.finite) {
		if (a.sign === bSign) sumOfMagnitudes(out, w, a, b, mode);
		else differenceOfMagnitudes(out, w, a, b, mode);
	} else if (a.kind >= Kind.quiet || b.kind >= Kind.quiet) {
		setNaN(out, w, a.kind === Kind.signalling || b.kind === Kind.signalling ? Flag.invalid : 0);
	} else if (a.kind === Kind.infinite) {
		if (b.kind === Kind.infinite && a.sign !== bSign) setNaN(out, w, Flag.invalid);
		else setInfinite(out, w, a.sign, 0);
	} else if (b.kind === Kind.infinite) setInfinite(out, w, bSign, 0);
	else if (a.kind === Kind.finite) roundPack(out, w, a.sign, a.exponent, a.hi, a.lo, mode);
	else if (b.kind === Kind.finite) roundPack(out, w, bSign, b.exponent, b.hi, b.lo, mode);
	else setZero(out, w, zeroSign(a.sign, bSign, mode));
}

/** The smaller is aligned to the larger; the top bit moves up one place when the sum carries. */
function sumOfMagnitudes(out: FloatOut, w: number, a: Unpacked, b: Unpacked, mode: number): void {
	const big = a.exponent >= b.exponent ? a : b;
	const small = big === a ? b : a;
	const by = big.exponent - small.exponent;
	const low = (big.lo >>> 0) + (shiftRightJamLow(small.hi, small.lo, by) >>> 0);
	const high = (big.hi >>> 0) + (shiftRightHigh(small.hi, by) >>> 0) + (low >= 4294967296 ? 1 : 0);
	const l = low | 0;
	if (high < 4294967296) roundPack(out, w, a.sign, big.exponent, high | 0, l, mode);
	else roundPack(out, w, a.sign, big.exponent + 1, (high >>> 1) | 0x80000000, (high << 31) | (l >>> 1) | (l & 1), mode);
}

/** More than one bit cancels only where the exponents differ by at most 1, and then nothing was jammed: 11 bits lie below every significand. */
function differenceOfMagnitudes(out: FloatOut, w: number, a: Unpacked, b: Unpacked, mode: number): void {
	const bigger = a.exponent !== b.exponent ? a.exponent > b.exponent : a.hi !== b.hi ? a.hi >>> 0 > b.hi >>> 0 : a.lo >>> 0 >= b.lo >>> 0;
	const big = bigger ? a : b;
	const small = bigger ? b : a;
	const by = big.exponent - small.exponent;
	const low = shiftRightJamLow(small.hi, small.lo, by);
	const l = (big.lo - low) | 0;
	const h = (big.hi - shiftRightHigh(small.hi, by) - (big.lo >>> 0 < low >>> 0 ? 1 : 0)) | 0;
	if ((h | l) === 0) {
		setZero(out, w, zeroSign(0, 1, mode));
		return;
	}
	const zeros = h === 0 ? 32 + Math.clz32(l) : Math.clz32(h);
	roundPack(out, w, bigger ? a.sign : a.sign ^ 1, big.exponent - zeros, shiftLeftHigh(h, l, zeros), shiftLeftLow(l, zeros), mode);
}
