/** An exact (or jammed) significand and exponent in, the rounded number's bits and its flags out: the one place where results are rounded. */
import { Flag, type FloatOut, Rounding, setInfinite, shiftRightHigh, shiftRightJamLow } from "./format.ts";

/**
 * Rounds (-1)^`sign` * `hi:lo` / 2^63 * 2^`exponent` to `w` bits. Bit 63 of `hi:lo` is 1. Its lowest bit may stand for everything below it ("jammed"): that is enough, because
 * at least 11 bits lie below the last place of every format, and rounding asks only whether they are zero, below, at or above half.
 *
 * Tiny is what would be below the smallest normal number if the exponent had no bounds (IEEE 754-2019, 7.5 a: after rounding); underflow is raised when it is inexact too.
 */
export function roundPack(out: FloatOut, w: number, sign: number, exponent: number, hi: number, lo: number, mode: number): void {
	if (w === 64) round64(out, sign, exponent, hi, lo, mode);
	else if (w === 32) round32(out, w, 8, -126, 127, sign, exponent, hi | (lo === 0 ? 0 : 1), mode);
	else round32(out, w, 21, -14, 15, sign, exponent, hi | (lo === 0 ? 0 : 1), mode);
}

/** What is added before the bits below the last place are dropped: half of it, just less than one, or nothing. `one` is the last place. */
function increment(mode: number, sign: number, one: number): number {
	if (mode === Rounding.nearestEven || mode === Rounding.nearestAway) return one >> 1;
	return mode === (sign === 0 ? Rounding.up : Rounding.down) ? one - 1 : 0;
}

function round64(out: FloatOut, sign: number, exponent: number, hi: number, lo: number, mode: number): void {
	const add = increment(mode, sign, 0x800);
	let field = exponent + 1022;
	let h = hi;
	let l = lo;
	let tiny = false;
	if (field < 0) {
		tiny = field < -1 || h !== -1 || (l >>> 0) + add < 4294967296;
		l = shiftRightJamLow(h, l, -field);
		h = shiftRightHigh(h, -field);
		field = 0;
	}
	const below = l & 0x7ff;
	const low = (l >>> 0) + add;
	const high = (h >>> 0) + (low >= 4294967296 ? 1 : 0);
	// the significand's top bit adds 1 to the exponent field, and so does a carry out of it
	const top = ((high / 2048) | 0) + (field << 20);
	if (field > 2045 || top >= 0x7ff00000) {
		overflow(out, 64, sign, add);
		return;
	}
	const bottom = (low >>> 11) | (high << 21);
	out.lo = mode === Rounding.nearestEven && below === 0x400 ? bottom & ~1 : bottom;
	out.hi = (sign << 31) | top;
	out.flags = below === 0 ? 0 : tiny ? Flag.inexact | Flag.underflow : Flag.inexact;
}

/** The same for the formats whose significand, and the bits to round it by, fit in one word; `drop` is the number of those bits. */
function round32(out: FloatOut, w: number, drop: number, least: number, most: number, sign: number, exponent: number, word: number, mode: number): void {
	const one = 1 << drop;
	const add = increment(mode, sign, one);
	let field = exponent - least;
	let h = word;
	let tiny = false;
	if (field < 0) {
		tiny = field < -1 || (h >>> 0) + add < 4294967296;
		h = field <= -32 ? 1 : (h >>> -field) | (h << (32 + field) === 0 ? 0 : 1);
		field = 0;
	}
	const below = h & (one - 1);
	const kept = (((h >>> 0) + add) / one) | 0;
	const bits = (mode === Rounding.nearestEven && below === one >> 1 ? kept & ~1 : kept) + (field << (31 - drop));
	if (field > most - least || bits >= (2 * most + 1) << (31 - drop)) {
		overflow(out, w, sign, add);
		return;
	}
	out.lo = (sign << (w - 1)) | bits;
	out.hi = 0;
	out.flags = below === 0 ? 0 : tiny ? Flag.inexact | Flag.underflow : Flag.inexact;
}

/** Infinity where the rounding goes that way, else the largest finite number, whose bits are those of infinity less one (7.4). */
function overflow(out: FloatOut, w: number, sign: number, add: number): void {
	setInfinite(out, w, sign, Flag.overflow | Flag.inexact);
	if (add !== 0) return;
	if (w === 64) out.hi -= 1;
	out.lo -= 1;
}
