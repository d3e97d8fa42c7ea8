/** A pure op and its operands as BigInts in, its value out: written from the operation table alone, to judge all faster ways to compute it. */
import type { OpName } from "../../jit/ir/op.ts";

export const asBigInt = (lo: number, hi: number): bigint => BigInt.asUintN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0));
export const asHalves = (n: bigint): [number, number] => [Number(BigInt.asIntN(32, n)), Number(BigInt.asIntN(32, n >> 32n))];

/** `w`: width of the result, `wa`: of a. Operands are unsigned. */
export function reference(op: OpName, w: number, wa: number, a: bigint, b: bigint, c: bigint): bigint {
	const W = BigInt(w);
	const s = (v: bigint, width = wa): bigint => BigInt.asIntN(width, v);
	const ones = (1n << W) - 1n;
	const bit = (x: boolean): bigint => (x ? 1n : 0n);
	const digits = (): string => a.toString(2).padStart(w, "0");
	const value = (): bigint => {
		switch (op) {
			case "add":
				return a + b;
			case "sub":
				return a - b;
			case "mul":
				return a * b;
			case "mulhs":
				return (s(a) * s(b)) >> W;
			case "mulhu":
				return (a * b) >> W;
			case "mulhsu":
				return (s(a) * b) >> W;
			case "divs":
				return b === 0n ? ones : s(a) / s(b);
			case "divu":
				return b === 0n ? ones : a / b;
			case "rems":
				return b === 0n ? a : s(a) % s(b);
			case "remu":
				return b === 0n ? a : a % b;
			case "and":
				return a & b;
			case "or":
				return a | b;
			case "xor":
				return a ^ b;
			case "not":
				return ~a;
			case "shl":
				return b >= W ? 0n : a << b;
			case "shr":
				return b >= W ? 0n : a >> b;
			case "sar":
				return s(a) >> (b >= W ? W : b);
			case "rotl":
				return (a << (b % W)) | (a >> (W - (b % W)));
			case "rotr":
				return (a >> (b % W)) | (a << (W - (b % W)));
			case "eq":
				return bit(a === b);
			case "ne":
				return bit(a !== b);
			case "lts":
				return bit(s(a) < s(b));
			case "ltu":
				return bit(a < b);
			case "les":
				return bit(s(a) <= s(b));
			case "leu":
				return bit(a <= b);
			case "sext":
				return s(a);
			case "zext":
			case "trunc":
				return a;
			case "select":
				return a ? b : c;
			case "clz":
				return BigInt(digits().indexOf("1") < 0 ? w : digits().indexOf("1"));
			case "ctz":
				return BigInt(a === 0n ? w : w - 1 - digits().lastIndexOf("1"));
			case "popcount":
				return BigInt(digits().replaceAll("0", "").length);
			case "bswap":
				return BigInt(
					`0x${a
						.toString(16)
						.padStart(w / 4, "0")
						.match(/../g)
						?.reverse()
						.join("")}`,
				);
			default:
				throw new Error(`no reference for ${op}`);
		}
	};
	return BigInt.asUintN(w, value());
}

/** Widths of a random application of `op`: of the result and of its operands (0: takes none). */
export function shapeOf(op: OpName, w: number, other: number): { w: number; a: number; b: number; c: number } {
	switch (op) {
		case "eq":
		case "ne":
		case "lts":
		case "ltu":
		case "les":
		case "leu":
			return { w: 1, a: w, b: w, c: 0 };
		case "shl":
		case "shr":
		case "sar":
		case "rotl":
		case "rotr":
			return { w, a: w, b: other, c: 0 };
		case "sext":
		case "zext":
			return { w: Math.max(w, other), a: Math.min(w, other), b: 0, c: 0 };
		case "trunc":
			return { w: Math.min(w, other), a: Math.max(w, other), b: 0, c: 0 };
		case "select":
			return { w, a: 1, b: w, c: w };
		case "not":
		case "clz":
		case "ctz":
		case "popcount":
			return { w, a: w, b: 0, c: 0 };
		case "bswap":
			return { w: Math.max(8, w & ~7), a: Math.max(8, w & ~7), b: 0, c: 0 };
		default:
			return { w, a: w, b: w, c: 0 };
	}
}
