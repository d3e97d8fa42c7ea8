/** A number in one format (or an integer) in, the same number in another out. */
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
	unpack,
} from "./format.ts";
import { roundPack } from "./round.ts";

/** `a` of format `from` in format `to` (IEEE 754-2019, 5.4.2). */
export function convert(out: FloatOut, from: number, to: number, aLo: number, aHi: number, mode: number): void {
	const a = unpack(from, aLo, aHi);
	if (a.kind === Kind.finite) roundPack(out, to, a.sign, a.exponent, a.hi, a.lo, mode);
	else if (a.kind === Kind.zero) setZero(out, to, a.sign);
	else if (a.kind === Kind.infinite) setInfinite(out, to, a.sign, 0);
	else setNaN(out, to, a.kind === Kind.signalling ? Flag.invalid : 0);
}

/**
 * `a` as an integer of `bits` (32 or 64) bits, zero-extended above them (5.8). What does not fit raises invalid alone and gives the nearest integer that does; a NaN the
 * largest.
 */
export function toInt(out: FloatOut, from: number, bits: number, signed: boolean, aLo: number, aHi: number, mode: number): void {
	const a = unpack(from, aLo, aHi);
	if (a.kind >= Kind.infinite) {
		saturate(out, bits, signed, a.kind === Kind.infinite && a.sign === 1);
		return;
	}
	if (a.kind === Kind.zero) {
		set(out, 0, 0, 0);
		return;
	}
	if (a.exponent > 63) {
		saturate(out, bits, signed, a.sign === 1);
		return;
	}
	integral(out, a.sign, a.exponent, a.hi, a.lo, mode);
	if (fits(out.hi, out.lo, bits, signed, a.sign)) {
		if (a.sign === 1) set(out, -out.lo | 0, bits === 32 ? 0 : (~out.hi + (out.lo === 0 ? 1 : 0)) | 0, out.flags);
	} else saturate(out, bits, signed, a.sign === 1);
}

/** Whether the magnitude hi:lo, negated when `sign` is 1, is an integer of `bits` bits. */
function fits(hi: number, lo: number, bits: number, signed: boolean, sign: number): boolean {
	if ((hi | lo) === 0) return true;
	if (!signed) return sign === 0 && (bits === 64 || hi === 0);
	if (bits === 32) return hi === 0 && (lo >= 0 || (sign === 1 && lo === -0x80000000));
	return hi >= 0 || (sign === 1 && hi === -0x80000000 && lo === 0);
}

function saturate(out: FloatOut, bits: number, signed: boolean, negative: boolean): void {
	const top = negative ? (signed ? -0x80000000 : 0) : signed ? 0x7fffffff : -1;
	if (bits === 64) set(out, negative ? 0 : -1, top, Flag.invalid);
	else set(out, top, 0, Flag.invalid);
}

/** The integer `a` of `bits` bits (32 or 64) as a number (5.4.1); zero is +0. */
export function fromInt(out: FloatOut, to: number, bits: number, signed: boolean, aLo: number, aHi: number, mode: number): void {
	let hi = bits === 64 ? aHi : signed ? aLo >> 31 : 0;
	let lo = aLo;
	const sign = signed && hi < 0 ? 1 : 0;
	if (sign === 1) {
		hi = (~hi + (lo === 0 ? 1 : 0)) | 0;
		lo = -lo | 0;
	}
	fromMagnitude(out, to, sign, hi, lo, mode);
}

/** `a` rounded to an integer of the same format (5.9): inexact is raised only where `exact`. Zero keeps the sign. */
export function roundToInt(out: FloatOut, w: number, aLo: number, aHi: number, mode: number, exact: boolean): void {
	const a = unpack(w, aLo, aHi);
	if (a.kind >= Kind.quiet) setNaN(out, w, a.kind === Kind.signalling ? Flag.invalid : 0);
	else if (a.kind !== Kind.finite || a.exponent > 61) set(out, aLo, aHi, 0);
	else {
		integral(out, a.sign, a.exponent, a.hi, a.lo, mode);
		const flags = exact ? out.flags : 0;
		fromMagnitude(out, w, a.sign, out.hi, out.lo, Rounding.towardZero);
		out.flags = flags;
	}
}

/** The magnitude of a finite number below 2^64, rounded to an integer into hi:lo; inexact when that changed it. No format has a fraction from 2^62 on. */
function integral(out: FloatOut, sign: number, exponent: number, hi: number, lo: number, mode: number): void {
	if (exponent > 61) {
		set(out, shiftRightJamLow(hi, lo, 63 - exponent), shiftRightHigh(hi, 63 - exponent), 0);
		return;
	}
	// two bits below the integer: a half, and whether there is more
	const l = shiftRightJamLow(hi, lo, 61 - exponent);
	const h = shiftRightHigh(hi, 61 - exponent);
	const below = l & 3;
	const low = (h << 30) | (l >>> 2);
	const next = (low + (goesUp(mode, sign, below, low & 1) ? 1 : 0)) | 0;
	set(out, next, (h >>> 2) + (next === 0 && low !== 0 ? 1 : 0), below === 0 ? 0 : Flag.inexact);
}

/** Whether a magnitude grows when its bits `below` (2: a half, 1: more) are rounded away. */
function goesUp(mode: number, sign: number, below: number, odd: number): boolean {
	if (mode === Rounding.nearestEven) return below + odd > 2;
	if (mode === Rounding.nearestAway) return below >= 2;
	return below !== 0 && mode === (sign === 0 ? Rounding.up : Rounding.down);
}

function fromMagnitude(out: FloatOut, w: number, sign: number, hi: number, lo: number, mode: number): void {
	if ((hi | lo) === 0) {
		setZero(out, w, sign);
		return;
	}
	const zeros = hi === 0 ? 32 + Math.clz32(lo) : Math.clz32(hi);
	roundPack(out, w, sign, 63 - zeros, shiftLeftHigh(hi, lo, zeros), shiftLeftLow(lo, zeros), mode);
}

function set(out: FloatOut, lo: number, hi: number, flags: number): void {
	out.lo = lo;
	out.hi = hi;
	out.flags = flags;
}
