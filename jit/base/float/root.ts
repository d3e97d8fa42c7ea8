/** A number in, its square root out. */
import { mulhu32 } from "../halves.ts";
import { Flag, type FloatOut, Kind, setInfinite, setNaN, setZero, unpack } from "./format.ts";
import { roundPack } from "./round.ts";

/**
 * The square root of a (IEEE 754-2019, 5.4.1; that of -0 is -0).
 *
 * The host's root of a 53- or 54-bit integer, times 2^26, is an integer t of 53 bits, nearest to the true one. The sign of y - t * t says on which side of it the
 * true one lies, and it is never half way between two such integers; so t with a jammed bit, or t less a jammed bit, rounds as the true one does, in every mode and format.
 */
export function sqrt(out: FloatOut, w: number, aLo: number, aHi: number, mode: number): void {
	const a = unpack(w, aLo, aHi);
	if (a.kind >= Kind.quiet) setNaN(out, w, a.kind === Kind.signalling ? Flag.invalid : 0);
	else if (a.kind === Kind.zero) setZero(out, w, a.sign);
	else if (a.sign !== 0) setNaN(out, w, Flag.invalid);
	else if (a.kind === Kind.infinite) setInfinite(out, w, 0, 0);
	else {
		const odd = a.exponent & 1;
		// y = x * 2^52 = significand * 2^(104 + odd), in [2^104, 2^106)
		const x = ((a.hi >>> 0) * 2097152 + (a.lo >>> 11)) * (1 + odd);
		let t = Math.sqrt(x) * 67108864;
		let r = residue(x, t);
		// a host whose root is not the nearest is put right
		while (r > t) {
			t += 1;
			r = residue(x, t);
		}
		while (r < -t) {
			t -= 1;
			r = residue(x, t);
		}
		const lo = t << 11;
		const hi = (t / 2097152) | 0;
		const side = r === 0 ? 0 : r > 0 ? 1 : -1;
		roundPack(out, w, 0, (a.exponent - odd) / 2, side < 0 && lo === 0 ? hi - 1 : hi, (lo + side) | 0, mode);
	}
}

/** x * 2^52 - t * t, modulo 2^64 and then signed. */
function residue(x: number, t: number): number {
	const tl = t | 0;
	const th = (t / 4294967296) | 0;
	const squareHigh = mulhu32(tl, tl) + 2 * Math.imul(tl, th);
	const squareLow = Math.imul(tl, tl);
	const high = ((x | 0) << 20) - squareHigh - (squareLow === 0 ? 0 : 1);
	return (high | 0) * 4294967296 + (-squareLow >>> 0);
}
