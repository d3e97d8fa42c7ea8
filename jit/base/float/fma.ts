/** Three numbers in, a * b + c with one rounding out. */
import { zeroSign } from "./add.ts";
import { Flag, type FloatOut, Kind, setInfinite, setNaN, setZero, shiftLeftHigh, shiftLeftLow, type Unpacked, unpack } from "./format.ts";
import { product, type Wide } from "./multiply.ts";
import { roundPack } from "./round.ts";

/** a * b + c (IEEE 754-2019, 5.4.1). Infinity times zero raises invalid even if c is a quiet NaN, which 7.2 c leaves open. */
export function fma(out: FloatOut, w: number, aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number, mode: number): void {
	const a = unpack(w, aLo, aHi);
	const b = unpack(w, bLo, bHi);
	const c = unpack(w, cLo, cHi);
	const sign = a.sign ^ b.sign;
	if (a.kind === Kind.finite && b.kind === Kind.finite && c.kind <= Kind.finite) {
		const p = product(a, b);
		const carry = p.w3 < 0 ? 1 : 0;
		const top = carry === 1 ? p : { w3: (p.w3 << 1) | (p.w2 >>> 31), w2: (p.w2 << 1) | (p.w1 >>> 31), w1: (p.w1 << 1) | (p.w0 >>> 31), w0: p.w0 << 1 };
		sum(out, w, sign, a.exponent + b.exponent + carry, top, c, mode);
	} else if (a.kind >= Kind.quiet || b.kind >= Kind.quiet || c.kind >= Kind.quiet) {
		const signalling = a.kind === Kind.signalling || b.kind === Kind.signalling || c.kind === Kind.signalling;
		setNaN(out, w, signalling || infiniteByZero(a, b) ? Flag.invalid : 0);
	} else if (infiniteByZero(a, b)) setNaN(out, w, Flag.invalid);
	else if (a.kind === Kind.infinite || b.kind === Kind.infinite) {
		if (c.kind === Kind.infinite && c.sign !== sign) setNaN(out, w, Flag.invalid);
		else setInfinite(out, w, sign, 0);
	} else if (c.kind === Kind.infinite) setInfinite(out, w, c.sign, 0);
	else if (c.kind === Kind.finite) roundPack(out, w, c.sign, c.exponent, c.hi, c.lo, mode);
	else setZero(out, w, zeroSign(sign, c.sign, mode));
}

const infiniteByZero = (a: Unpacked, b: Unpacked): boolean =>
	(a.kind === Kind.infinite && b.kind === Kind.zero) || (a.kind === Kind.zero && b.kind === Kind.infinite);

/**
 * The product, 128 bits with the top one set (of which the lowest 22 are 0), plus c. Both are left-aligned; the smaller is shifted right and jammed. As in `add.ts`, more than
 * one bit cancels only where the shift was by at most 1, and then nothing was lost.
 */
function sum(out: FloatOut, w: number, sign: number, exponent: number, p: Wide, c: Unpacked, mode: number): void {
	if (c.kind === Kind.zero) {
		roundPack(out, w, sign, exponent, p.w3, p.w2 | ((p.w1 | p.w0) === 0 ? 0 : 1), mode);
		return;
	}
	const q: Wide = { w3: c.hi, w2: c.lo, w1: 0, w0: 0 };
	const difference = exponent - c.exponent;
	const productIsBig = difference !== 0 ? difference > 0 : !less(p, q);
	const big = productIsBig ? p : q;
	const small = shiftRightJam(productIsBig ? q : p, difference < 0 ? -difference : difference);
	const top = productIsBig ? exponent : c.exponent;
	const bigSign = productIsBig ? sign : c.sign;
	if (sign === c.sign) {
		const s0 = (big.w0 >>> 0) + (small.w0 >>> 0);
		const s1 = (big.w1 >>> 0) + (small.w1 >>> 0) + (s0 >= two32 ? 1 : 0);
		const s2 = (big.w2 >>> 0) + (small.w2 >>> 0) + (s1 >= two32 ? 1 : 0);
		const s3 = (big.w3 >>> 0) + (small.w3 >>> 0) + (s2 >= two32 ? 1 : 0);
		const jam = (s1 | s0) === 0 ? 0 : 1;
		if (s3 < two32) roundPack(out, w, bigSign, top, s3 | 0, s2 | jam, mode);
		else roundPack(out, w, bigSign, top + 1, (s3 >>> 1) | 0x80000000, (s3 << 31) | (s2 >>> 1) | (s2 & 1) | jam, mode);
		return;
	}
	const d0 = (big.w0 >>> 0) - (small.w0 >>> 0);
	const d1 = (big.w1 >>> 0) - (small.w1 >>> 0) - (d0 < 0 ? 1 : 0);
	const d2 = (big.w2 >>> 0) - (small.w2 >>> 0) - (d1 < 0 ? 1 : 0);
	const d3 = (big.w3 >>> 0) - (small.w3 >>> 0) - (d2 < 0 ? 1 : 0);
	packWide(out, w, bigSign, top, d3 | 0, d2 | 0, d1 | 0, d0 | 0, mode);
}

const two32 = 4294967296;

/** Normalises a difference, which may be 0, and rounds it. */
function packWide(out: FloatOut, w: number, sign: number, exponent: number, w3: number, w2: number, w1: number, w0: number, mode: number): void {
	if ((w3 | w2) === 0) {
		if ((w1 | w0) === 0) setZero(out, w, zeroSign(0, 1, mode));
		else packWide(out, w, sign, exponent - 64, w1, w0, 0, 0, mode);
		return;
	}
	const zeros = w3 === 0 ? 32 + Math.clz32(w2) : Math.clz32(w3);
	if (zeros >= 32) {
		packWide(out, w, sign, exponent - 32, w2, w1, w0, 0, mode);
		return;
	}
	const low = zeros === 0 ? w2 : shiftLeftHigh(w2, w1, zeros);
	const jam = (shiftLeftLow(w1, zeros) | w0) === 0 ? 0 : 1;
	roundPack(out, w, sign, exponent - zeros, shiftLeftHigh(w3, w2, zeros), low | jam, mode);
}

function less(a: Wide, b: Wide): boolean {
	if (a.w3 !== b.w3) return a.w3 >>> 0 < b.w3 >>> 0;
	if (a.w2 !== b.w2) return a.w2 >>> 0 < b.w2 >>> 0;
	if (a.w1 !== b.w1) return a.w1 >>> 0 < b.w1 >>> 0;
	return a.w0 >>> 0 < b.w0 >>> 0;
}

/** a >>> n; what falls out below is kept as a 1 in the lowest bit. */
function shiftRightJam(a: Wide, n: number): Wide {
	if (n === 0) return a;
	if (n >= 128) return { w3: 0, w2: 0, w1: 0, w0: 1 };
	if (n >= 32) return shiftRightJam({ w3: 0, w2: a.w3, w1: a.w2, w0: a.w1 | (a.w0 === 0 ? 0 : 1) }, n - 32);
	const up = 32 - n;
	return {
		w3: (a.w3 >>> n) | 0,
		w2: (a.w3 << up) | (a.w2 >>> n),
		w1: (a.w2 << up) | (a.w1 >>> n),
		w0: (a.w1 << up) | (a.w0 >>> n) | (a.w0 << up === 0 ? 0 : 1),
	};
}
