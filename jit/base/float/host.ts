/**
 * Operands as the host's numbers in, the result out where it is proven to be the right one and to raise nothing new; else NaN, and `float.ts` has to be asked.
 *
 * Every function takes `old`, the flags raised so far. What it returns, unless it is NaN, is bit for bit the result rounded to nearest even, and the flags after the
 * operation are `old`: either inexact is in `old` and the operation can have raised nothing else, or the operation was exact. (A NaN operand or result is thus never proven.)
 * binary32 operands are given, and results returned, as the numbers that they are.
 *
 * The conditions, for engines that write them inline; M is the smallest normal number of the format (2^-1022, 2^-126), `f` rounds to binary32:
 *
 * | operation | result r | right, and nothing but inexact raised | exact (nothing raised) if also |
 * |---|---|---|---|
 * | add64, sub64 | a + b | r finite | r - a = b and r - b = a |
 * | mul64 | a * b | M < abs(r) < infinity | low part of the product = 0; or a = 0 or b = 0, r = 0 |
 * | div64 | a / b | M < abs(r) < infinity | r * b = a, low part of it = 0; or a = 0, r = 0 |
 * | sqrt64 | root a | r < infinity | r * r = a, low part of it = 0; or r = 0 |
 * | add32, sub32 | f(d), d = a + b | r finite | r = d, d - a = b and d - b = a |
 * | mul32 | f(d), d = a * b | M < abs(r) < infinity | r finite and r = d (whatever its size) |
 * | div32 | f(a / b) | M < abs(r) < infinity | r finite and r * b = a (whatever its size) |
 * | sqrt32 | f(root a) | r < infinity | r * r = a |
 * | narrow (64 to 32) | f(a) | M < abs(r) < infinity | r = a (whatever its size, infinity too) |
 * | widen (32 to 64) | a | never more than exact | a = a |
 * | eq, lt, le | a = b, a < b, a <= b | never more than exact | a = a and b = b |
 * | 32-bit integer to 64; to 32 | a; f(a) | always | always; r = a |
 * | 64-bit integer to 64 | hi * 2^32 + lo | always | hi lies in -2^20 .. 2^20 - 1 |
 * | to 32-bit integer, any mode | t = a rounded | t in range: then the flags are known | t = a; else inexact is raised |
 *
 * Why:
 * - The host's + - * / are correctly rounded to nearest even (ECMA-262, 6.1.6.1); so is its square root on every processor of today, though ECMA-262 does not promise it.
 * - An infinite or NaN operand, a division by zero and an overflow give no finite r (or a zero that is excluded), so r finite leaves inexact and underflow.
 * - A sum is a multiple of the smallest subnormal number, so one below 2 M is exact: no underflow (Hauser, ACM TOPLAS 18(2), 1996; Handbook of Floating-Point Arithmetic, ch. 4).
 * - abs(r) > M: rounding is monotone, so what was rounded was above M and not tiny. r = M would not do: it may come from a tiny number just below.
 * - f of the host's + - * / root is the right binary32 result, because 53 >= 2 * 24 + 2 (Figueroa, "When is double rounding innocuous?", SIGNUM Newsletter 30(3), 1995); where the result is subnormal
 *   only exact cases are taken. A product of two binary32 numbers has 48 bits and is exact in binary64.
 * - r - a is exact if abs(a) >= abs(b), and r - b otherwise (Dekker 1971; Handbook, ch. 4): so both equalities together hold just when a + b = r exactly.
 */

const inexact = 1;
const least64 = 2 ** -1022;
const least32 = 2 ** -126;

/** Below this the low part of a product may be lost to underflow: 2^-1074 is its lowest possible bit, 106 bits down. */
const splittable = 2 ** -968;

export function add64(a: number, b: number, old: number): number {
	const r = a + b;
	return r - r === 0 && ((old & inexact) !== 0 || sumIsExact(r, a, b)) ? r : Number.NaN;
}
export function sub64(a: number, b: number, old: number): number {
	return add64(a, -b, old);
}
export function mul64(a: number, b: number, old: number): number {
	const r = a * b;
	const size = Math.abs(r);
	if (size > least64 && size < Infinity) return (old & inexact) !== 0 || (size >= splittable && productError(r, a, b) === 0) ? r : Number.NaN;
	return r === 0 && (a === 0 || b === 0) ? r : Number.NaN;
}
export function div64(a: number, b: number, old: number): number {
	const r = a / b;
	const size = Math.abs(r);
	if (size > least64 && size < Infinity) return (old & inexact) !== 0 || productIs(a, r, b) ? r : Number.NaN;
	return r === 0 && a === 0 ? r : Number.NaN;
}
export function sqrt64(a: number, old: number): number {
	const r = Math.sqrt(a);
	return r < Infinity && ((old & inexact) !== 0 || r === 0 || productIs(a, r, r)) ? r : Number.NaN;
}

/**
 * a * b + c with one rounding, from sums and products without error (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd",
 * IEEE Transactions on Computers 57(4), 2008). With a * b = p + pe, pe + c = t + te and p + t = v + ve exactly, the result is v + (te + ve), where the sum in brackets must not
 * be rounded so that it hides which side of a tie it lies on. They round it to odd; we give up where it matters: if s = te + ve is inexact and v + s a tie.
 *
 * That is enough: let s be inexact by e, abs(e) <= ulp(s) / 2. Then ve is not 0, so p and t do not cancel (Sterbenz), abs(t) <= 2 abs(v), and s is no more than 1.5 ulp(v).
 * So v + s and the ties around it are multiples of ulp(s): v + s is a tie, or further from one than e. Overflow anywhere ends in a NaN or an infinity. A product of
 * `splittable` size has no bit below 2^-1074, so neither has the result: where that is subnormal it is exact.
 */
export function fma64(a: number, b: number, c: number, old: number): number {
	const p = a * b;
	if (a === 0 || b === 0) return add64(p, c, old);
	if (!(Math.abs(p) >= splittable)) return Number.NaN;
	const pe = productError(p, a, b);
	const t = pe + c;
	const te = sumError(t, pe, c);
	const v = p + t;
	const ve = sumError(v, p, t);
	const s = te + ve;
	const r = v + s;
	if (r - r !== 0) return Number.NaN;
	const rounded = s - (r - v);
	if (sumIsExact(s, te, ve)) return rounded === 0 || (old & inexact) !== 0 ? r : Number.NaN;
	// twice the error of a tie leads from r to one of its neighbours
	const tie = rounded !== 0 && r + 2 * rounded - r === 2 * rounded;
	return tie || (old & inexact) === 0 ? Number.NaN : r;
}

export function add32(a: number, b: number, old: number): number {
	const d = a + b;
	const r = Math.fround(d);
	return r - r === 0 && ((old & inexact) !== 0 || (r === d && sumIsExact(d, a, b))) ? r : Number.NaN;
}
export function sub32(a: number, b: number, old: number): number {
	return add32(a, -b, old);
}
export function mul32(a: number, b: number, old: number): number {
	const d = a * b;
	const r = Math.fround(d);
	return r - r === 0 && (r === d || ((old & inexact) !== 0 && Math.abs(r) > least32)) ? r : Number.NaN;
}
export function div32(a: number, b: number, old: number): number {
	const r = Math.fround(a / b);
	return r - r === 0 && (r * b === a || ((old & inexact) !== 0 && Math.abs(r) > least32)) ? r : Number.NaN;
}
export function sqrt32(a: number, old: number): number {
	const r = Math.fround(Math.sqrt(a));
	return r < Infinity && ((old & inexact) !== 0 || r * r === a) ? r : Number.NaN;
}
/**
 * a * b is exact in binary64. Its sum with c is either exact there, and f rounds once; or it is not, and f still rounds to the right side, unless that sum lies half way
 * between two binary32 numbers: those half-way points are binary64 numbers, so rounding to binary64 cannot pass one without landing on it.
 */
export function fma32(a: number, b: number, c: number, old: number): number {
	const p = a * b;
	const d = p + c;
	const r = Math.fround(d);
	if (r - r !== 0) return Number.NaN;
	const rounded = d - r;
	if (sumIsExact(d, p, c)) return rounded === 0 || ((old & inexact) !== 0 && Math.abs(r) > least32) ? r : Number.NaN;
	const tie = rounded !== 0 && Math.fround(r + 2 * rounded) === r + 2 * rounded;
	return tie || (old & inexact) === 0 || Math.abs(r) <= least32 ? Number.NaN : r;
}
/** binary64 to binary32. */
export function narrow(a: number, old: number): number {
	const r = Math.fround(a);
	const size = Math.abs(r);
	return r === a || ((old & inexact) !== 0 && size > least32 && size < Infinity) ? r : Number.NaN;
}

/** Whether a + b, which the host says is `r`, finite, is just that. */
function sumIsExact(r: number, a: number, b: number): boolean {
	return r - a === b && r - b === a;
}
/** a + b - s for s = a + b as rounded (2Sum: Møller 1965, Knuth; Handbook, ch. 4); NaN where something overflows. */
function sumError(s: number, a: number, b: number): number {
	const b1 = s - a;
	return a - (s - b1) + (b - b1);
}
/** a * b - p for p = a * b as rounded (Dekker's product with Veltkamp's splitting; Handbook, ch. 4): exact if abs(p) >= `splittable`; NaN where something overflows. */
function productError(p: number, a: number, b: number): number {
	const ah = upper(a);
	const al = a - ah;
	const bh = upper(b);
	const bl = b - bh;
	return al * bl - (p - ah * bh - al * bh - ah * bl);
}
/** The upper 26 bits of a number; what is left fits in 26 bits too, with its sign. */
function upper(a: number): number {
	const scaled = a * 134217729;
	return scaled - (scaled - a);
}
/** Whether r * b is exactly a. */
function productIs(a: number, r: number, b: number): boolean {
	return r * b === a && Math.abs(a) >= splittable && productError(a, r, b) === 0;
}
