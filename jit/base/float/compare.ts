/** Two numbers in, 1 or 0 out: whether they stand in a relation. */
import { Flag, type FloatOut, Kind, unpack } from "./format.ts";

/** a = b (IEEE 754-2019, 5.11). A comparison that is not `quiet` raises invalid on any NaN, a quiet one on a signalling NaN. */
export function eq(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, quiet: boolean): void {
	answer(out, order(out, w, aLo, aHi, bLo, bHi, quiet) === 0);
}
/** a < b. */
export function lt(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, quiet: boolean): void {
	answer(out, order(out, w, aLo, aHi, bLo, bHi, quiet) < 0);
}
/** a <= b. */
export function le(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, quiet: boolean): void {
	answer(out, order(out, w, aLo, aHi, bLo, bHi, quiet) <= 0);
}

function answer(out: FloatOut, holds: boolean): void {
	out.lo = holds ? 1 : 0;
	out.hi = 0;
}

/** Negative, 0 or positive as a is less than, equal to or greater than b; NaN when they are unordered. Sets the flags. */
function order(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, quiet: boolean): number {
	const a = unpack(w, aLo, aHi);
	const b = unpack(w, bLo, bHi);
	if (a.kind >= Kind.quiet || b.kind >= Kind.quiet) {
		out.flags = !quiet || a.kind === Kind.signalling || b.kind === Kind.signalling ? Flag.invalid : 0;
		return Number.NaN;
	}
	out.flags = 0;
	if (a.kind === Kind.zero && b.kind === Kind.zero) return 0;
	if (a.sign !== b.sign) return b.sign - a.sign;
	// of the same sign, the bits are ordered as the magnitudes are
	const magnitudes = aHi !== bHi ? (aHi >>> 0) - (bHi >>> 0) : (aLo >>> 0) - (bLo >>> 0);
	return a.sign === 0 ? magnitudes : -magnitudes;
}
