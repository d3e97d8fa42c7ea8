/**
 * 64-bit arithmetic on signed 32-bit halves in, low half out (the high half in `out[0]`): shared by interpreter, constant folding and generated code.
 * Every function is total: division by 0 and oversized shift amounts give what the operation table says.
 */

/** Where the functions below leave the high half of their result. Whoever calls owns it; one element is enough. */
export type High = Int32Array;

const two32 = 4294967296;

/** High 32 bits of the unsigned product of two 32-bit numbers. */
export function mulhu32(a: number, b: number): number {
	const a0 = a & 0xffff;
	const a1 = a >>> 16;
	const b0 = b & 0xffff;
	const b1 = b >>> 16;
	const mid = (Math.imul(a1, b0) >>> 0) + ((Math.imul(a0, b0) >>> 0) >>> 16);
	const mid2 = (Math.imul(a0, b1) >>> 0) + (mid & 0xffff);
	return ((Math.imul(a1, b1) >>> 0) + Math.floor(mid / 65536) + Math.floor(mid2 / 65536)) | 0;
}
/** High 32 bits of the signed product. */
export function mulhs32(a: number, b: number): number {
	return (mulhu32(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}
/** High 32 bits of the product of signed `a` (an int32) and unsigned `b`. */
export function mulhsu32(a: number, b: number): number {
	return (mulhu32(a, b) - (a < 0 ? b : 0)) | 0;
}
/** Signed 32-bit quotient; by 0: -1; the most negative by -1: itself. */
export function divs32(a: number, b: number): number {
	return b === 0 ? -1 : ((a | 0) / (b | 0)) | 0;
}
export function divu32(a: number, b: number): number {
	return b === 0 ? -1 : ((a >>> 0) / (b >>> 0)) | 0;
}
/** Signed 32-bit remainder; by 0: the dividend. */
export function rems32(a: number, b: number): number {
	return b === 0 ? a : ((a | 0) % (b | 0)) | 0;
}
export function remu32(a: number, b: number): number {
	return b === 0 ? a : ((a >>> 0) % (b >>> 0)) | 0;
}
export function popcount32(a: number): number {
	let n = a - ((a >>> 1) & 0x55555555);
	n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
	return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
/** Trailing zeros of 32 bits; 32 when `a` is 0. */
export function ctz32(a: number): number {
	return a === 0 ? 32 : 31 - Math.clz32(a & -a);
}
export function bswap32(a: number): number {
	return (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24);
}

export function add(out: High, al: number, ah: number, bl: number, bh: number): number {
	const lo = (al + bl) | 0;
	out[0] = ah + bh + (lo >>> 0 < al >>> 0 ? 1 : 0);
	return lo;
}
export function sub(out: High, al: number, ah: number, bl: number, bh: number): number {
	out[0] = ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0);
	return (al - bl) | 0;
}
export function mul(out: High, al: number, ah: number, bl: number, bh: number): number {
	out[0] = mulhu32(al, bl) + Math.imul(al, bh) + Math.imul(ah, bl);
	return Math.imul(al, bl);
}
/** High 64 bits of the unsigned 128-bit product. */
export function mulhu(out: High, al: number, ah: number, bl: number, bh: number): number {
	const mid = (mulhu32(al, bl) >>> 0) + (Math.imul(al, bh) >>> 0) + (Math.imul(ah, bl) >>> 0);
	const low = (Math.imul(ah, bh) >>> 0) + (mulhu32(al, bh) >>> 0) + (mulhu32(ah, bl) >>> 0) + Math.floor(mid / two32);
	out[0] = mulhu32(ah, bh) + Math.floor(low / two32);
	return low | 0;
}
/** High 64 bits of the signed 128-bit product. */
export function mulhs(out: High, al: number, ah: number, bl: number, bh: number): number {
	let lo = mulhu(out, al, ah, bl, bh);
	if (ah < 0) lo = sub(out, lo, out[0], bl, bh);
	if (bh < 0) lo = sub(out, lo, out[0], al, ah);
	return lo;
}
/** High 64 bits of signed `a` times unsigned `b`. */
export function mulhsu(out: High, al: number, ah: number, bl: number, bh: number): number {
	const lo = mulhu(out, al, ah, bl, bh);
	return ah < 0 ? sub(out, lo, out[0], bl, bh) : lo;
}

/** Unsigned quotient; by 0: all ones. */
export function divu(out: High, al: number, ah: number, bl: number, bh: number): number {
	if (bh === 0) {
		if (bl === 0) {
			out[0] = -1;
			return -1;
		}
		if (ah === 0) {
			out[0] = 0;
			return ((al >>> 0) / (bl >>> 0)) | 0;
		}
		// schoolbook in steps of 16 bits: every partial dividend is below 2^48
		const d = bl >>> 0;
		const h = ah >>> 0;
		const qh = Math.floor(h / d);
		const p1 = (h % d) * 65536 + (al >>> 16);
		const q1 = Math.floor(p1 / d);
		const p0 = (p1 % d) * 65536 + (al & 0xffff);
		out[0] = qh;
		return (q1 * 65536 + Math.floor(p0 / d)) | 0;
	}
	const q = quotient(al, ah, bl, bh);
	out[0] = 0;
	return q | 0;
}
/** Unsigned remainder; by 0: the dividend. */
export function remu(out: High, al: number, ah: number, bl: number, bh: number): number {
	if (bh === 0) {
		if (bl === 0) {
			out[0] = ah;
			return al;
		}
		out[0] = 0;
		const d = bl >>> 0;
		if (ah === 0) return ((al >>> 0) % d) | 0;
		const p1 = ((ah >>> 0) % d) * 65536 + (al >>> 16);
		return (((p1 % d) * 65536 + (al & 0xffff)) % d) | 0;
	}
	const q = quotient(al, ah, bl, bh);
	const lo = Math.imul(q, bl);
	const hi = (mulhu32(q, bl) + Math.imul(q, bh)) | 0;
	return sub(out, al, ah, lo, hi);
}
/** Exact quotient below 2^32 of a divisor of at least 2^32: an estimate in doubles that is right or one too small, then set right. */
function quotient(al: number, ah: number, bl: number, bh: number): number {
	const a = (ah >>> 0) * two32 + (al >>> 0);
	const b = (bh >>> 0) * two32 + (bl >>> 0);
	const q = Math.floor((a / b) * (1 - 2 ** -50));
	const pl = Math.imul(q, bl);
	const ph = (mulhu32(q, bl) + Math.imul(q, bh)) | 0;
	const rl = (al - pl) | 0;
	const rh = (ah - ph - (al >>> 0 < pl >>> 0 ? 1 : 0)) | 0;
	return ltu(rl, rh, bl, bh) ? q : q + 1;
}
/** Signed quotient towards 0; by 0: all ones; the most negative by -1: itself. */
export function divs(out: High, al: number, ah: number, bl: number, bh: number): number {
	if ((bl | bh) === 0) {
		out[0] = -1;
		return -1;
	}
	const negative = (ah ^ bh) < 0;
	let l = al;
	let h = ah;
	if (ah < 0) {
		l = -al | 0;
		h = ~ah + (al === 0 ? 1 : 0);
	}
	let dl = bl;
	let dh = bh;
	if (bh < 0) {
		dl = -bl | 0;
		dh = (~bh + (bl === 0 ? 1 : 0)) | 0;
	}
	const lo = divu(out, l, h | 0, dl, dh);
	if (!negative) return lo;
	out[0] = ~out[0] + (lo === 0 ? 1 : 0);
	return -lo | 0;
}
/** Signed remainder with the sign of `a`; by 0: the dividend. */
export function rems(out: High, al: number, ah: number, bl: number, bh: number): number {
	let l = al;
	let h = ah;
	if (ah < 0) {
		l = -al | 0;
		h = (~ah + (al === 0 ? 1 : 0)) | 0;
	}
	let dl = bl;
	let dh = bh;
	if (bh < 0) {
		dl = -bl | 0;
		dh = (~bh + (bl === 0 ? 1 : 0)) | 0;
	}
	const lo = remu(out, l, h, dl, dh);
	if (ah >= 0) return lo;
	out[0] = ~out[0] + (lo === 0 ? 1 : 0);
	return -lo | 0;
}

/** `by` is the unsigned amount; 64 and more give 0. */
export function shl(out: High, al: number, ah: number, by: number): number {
	if (by >= 64) {
		out[0] = 0;
		return 0;
	}
	if (by >= 32) {
		out[0] = al << (by - 32);
		return 0;
	}
	out[0] = by === 0 ? ah : (ah << by) | (al >>> (32 - by));
	return al << by;
}
/** `by` is the unsigned amount; 64 and more give 0. */
export function shr(out: High, al: number, ah: number, by: number): number {
	if (by >= 64) {
		out[0] = 0;
		return 0;
	}
	if (by >= 32) {
		out[0] = 0;
		return (ah >>> (by - 32)) | 0;
	}
	out[0] = ah >>> by;
	return by === 0 ? al : (al >>> by) | (ah << (32 - by));
}
/** `by` is the unsigned amount; 64 and more give the sign everywhere. */
export function sar(out: High, al: number, ah: number, by: number): number {
	if (by >= 32) {
		out[0] = ah >> 31;
		return by >= 64 ? ah >> 31 : ah >> (by - 32);
	}
	out[0] = ah >> by;
	return by === 0 ? al : (al >>> by) | (ah << (32 - by));
}
/** Rotates 64 bits left by `by` mod 64. */
export function rotl(out: High, al: number, ah: number, by: number): number {
	const n = by & 31;
	const l = by & 32 ? ah : al;
	const h = by & 32 ? al : ah;
	if (n === 0) {
		out[0] = h;
		return l;
	}
	out[0] = (h << n) | (l >>> (32 - n));
	return (l << n) | (h >>> (32 - n));
}
/** Rotates 64 bits right by `by` mod 64. */
export function rotr(out: High, al: number, ah: number, by: number): number {
	return rotl(out, al, ah, -by & 63);
}

export function lts(al: number, ah: number, bl: number, bh: number): boolean {
	return ah === bh ? al >>> 0 < bl >>> 0 : ah < bh;
}
export function ltu(al: number, ah: number, bl: number, bh: number): boolean {
	return ah === bh ? al >>> 0 < bl >>> 0 : ah >>> 0 < bh >>> 0;
}
/** Leading zeros of 64 bits; 64 when 0. */
export function clz(al: number, ah: number): number {
	return ah === 0 ? 32 + Math.clz32(al) : Math.clz32(ah);
}
/** Trailing zeros of 64 bits; 64 when 0. */
export function ctz(al: number, ah: number): number {
	return al === 0 ? 32 + ctz32(ah) : ctz32(al);
}
export function popcount(al: number, ah: number): number {
	return popcount32(al) + popcount32(ah);
}
