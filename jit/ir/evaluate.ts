/** A pure operation and its operands' halves in, its value out: the meaning of every pure op at every width, for constant folding and rare cases. */
import * as h from "../base/halves.ts";
import type { OpName } from "./op.ts";

/** Bits of the low half that a value `w` bits wide may have. */
export function lowMask(w: number): number {
	return w >= 32 ? -1 : (1 << w) - 1;
}
/** Bits of the high half that a value `w` bits wide may have. */
export function highMask(w: number): number {
	return w <= 32 ? 0 : w >= 64 ? -1 : (1 << (w - 32)) - 1;
}

/**
 * Low half of the result, its high half in `out[0]`. `w`: width of the result, `wa`: of the first operand. Operands have the bits above
 * their width 0, and so has the result. Not for `const` and `phi`.
 */
export function evaluate(op: OpName, w: number, wa: number, al: number, ah: number, bl: number, bh: number, cl: number, ch: number, out: Int32Array): number {
	const lo = op === "select" ? choose(al, bl, bh, cl, ch, out) : raw(op, w, wa, al, ah, bl, bh, out);
	out[0] &= highMask(w);
	return lo & lowMask(w);
}

function choose(al: number, bl: number, bh: number, cl: number, ch: number, out: Int32Array): number {
	out[0] = al ? bh : ch;
	return al ? bl : cl;
}

/** Sign-extends `wa` bits to 64. */
function signed(out: Int32Array, lo: number, hi: number, wa: number): number {
	if (wa > 32) {
		out[0] = (hi << (64 - wa)) >> (64 - wa);
		return lo;
	}
	const l = (lo << (32 - wa)) >> (32 - wa);
	out[0] = l >> 31;
	return l;
}
/** A shift amount of any width as a number; past 64 bits all are alike. */
function amount(bl: number, bh: number): number {
	return bh !== 0 ? 65536 : bl >>> 0;
}
/** An amount of any width modulo `w`, which is at most 64. */
function modulo(bl: number, bh: number, w: number): number {
	return (((((bh >>> 0) % w) * (4294967296 % w)) % w) + ((bl >>> 0) % w)) % w;
}

function raw(op: OpName, w: number, wa: number, al: number, ah: number, bl: number, bh: number, out: Int32Array): number {
	out[0] = 0;
	switch (op) {
		case "add":
			return h.add(out, al, ah, bl, bh);
		case "sub":
			return h.sub(out, al, ah, bl, bh);
		case "mul":
			return h.mul(out, al, ah, bl, bh);
		case "mulhs":
		case "mulhu":
		case "mulhsu": {
			// (a << (64 - w)) * b >> 64 == a * b >> w
			const l = h.shl(out, al, ah, 64 - w);
			const hi = out[0];
			const sl = op === "mulhs" ? signed(out, bl, bh, w) : bl;
			const sh = op === "mulhs" ? out[0] : bh;
			return op === "mulhs" ? h.mulhs(out, l, hi, sl, sh) : op === "mulhu" ? h.mulhu(out, l, hi, sl, sh) : h.mulhsu(out, l, hi, sl, sh);
		}
		case "divs":
		case "rems": {
			const l = signed(out, al, ah, w);
			const hi = out[0];
			const m = signed(out, bl, bh, w);
			return op === "divs" ? h.divs(out, l, hi, m, out[0]) : h.rems(out, l, hi, m, out[0]);
		}
		case "divu":
			return h.divu(out, al, ah, bl, bh);
		case "remu":
			return h.remu(out, al, ah, bl, bh);
		case "and":
			out[0] = ah & bh;
			return al & bl;
		case "or":
			out[0] = ah | bh;
			return al | bl;
		case "xor":
			out[0] = ah ^ bh;
			return al ^ bl;
		case "not":
			out[0] = ~ah;
			return ~al;
		case "shl":
			return h.shl(out, al, ah, amount(bl, bh));
		case "shr":
			return h.shr(out, al, ah, amount(bl, bh));
		case "sar": {
			const l = signed(out, al, ah, w);
			return h.sar(out, l, out[0], amount(bl, bh));
		}
		case "rotl":
		case "rotr": {
			const n = modulo(bl, bh, w);
			const left = op === "rotl" ? n : (w - n) % w;
			const hl = h.shl(out, al, ah, left);
			const hh = out[0];
			const ll = h.shr(out, al, ah, w - left);
			out[0] |= hh;
			return hl | ll;
		}
		case "eq":
			return al === bl && ah === bh ? 1 : 0;
		case "ne":
			return al === bl && ah === bh ? 0 : 1;
		case "ltu":
			return h.ltu(al, ah, bl, bh) ? 1 : 0;
		case "leu":
			return h.ltu(bl, bh, al, ah) ? 0 : 1;
		case "lts":
		case "les": {
			const l = signed(out, al, ah, wa);
			const hi = out[0];
			const m = signed(out, bl, bh, wa);
			const n = out[0];
			out[0] = 0;
			return op === "lts" ? (h.lts(l, hi, m, n) ? 1 : 0) : h.lts(m, n, l, hi) ? 0 : 1;
		}
		case "sext":
			return signed(out, al, ah, wa);
		case "zext":
		case "trunc":
			out[0] = ah;
			return al;
		case "clz":
			return h.clz(al, ah) - (64 - w);
		case "ctz":
			return Math.min(h.ctz(al, ah), w);
		case "popcount":
			return h.popcount(al, ah);
		case "bswap": {
			// whole bytes only: swap 64 bits, then shift the wanted ones down
			return h.shr(out, h.bswap32(ah), h.bswap32(al), 64 - w);
		}
		default:
			return 0;
	}
}
