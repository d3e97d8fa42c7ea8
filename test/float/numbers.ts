/** A random generator in, operands out that lie where floating point goes wrong: corners of the format, near each other, near ties. */
import type { Random } from "../ir/random.ts";

export type Bits = [lo: number, hi: number];

/** What a format is: fraction bits and exponent bits. */
export const layouts = { 16: { fraction: 10, exponent: 5 }, 32: { fraction: 23, exponent: 8 }, 64: { fraction: 52, exponent: 11 } } as const;
export type Width = keyof typeof layouts;
export const widths: readonly Width[] = [16, 32, 64];
export const modes: readonly number[] = [0, 1, 2, 3, 4];

const shifted = (lo: number, by: number): Bits => (by >= 32 ? [0, lo << (by - 32)] : [lo << by, by === 0 ? 0 : lo >>> (32 - by)]);

/** Sign, exponent field and fraction to bits. */
export function compose(w: Width, sign: number, exponent: number, [lo, hi]: Bits): Bits {
	const { fraction, exponent: width } = layouts[w];
	const [el, eh] = shifted(((sign & 1) << width) | (exponent & ((1 << width) - 1)), fraction);
	return fraction > 32 ? [lo | 0, (hi & ((1 << (fraction - 32)) - 1)) | eh] : [(lo & ((1 << fraction) - 1)) | el, 0];
}

/** A fraction: empty, full, one bit, a run of bits, few bits, or anything. */
function fraction(r: Random, w: Width): Bits {
	const bits = layouts[w].fraction;
	const power = (): Bits => shifted(1, r.below(bits));
	switch (r.below(10)) {
		case 0:
			return [0, 0];
		case 1:
			return [-1, -1];
		case 2:
			return [r.below(4), 0];
		case 3:
			return [-1 - r.below(4), -1];
		case 4:
			return power();
		case 5: {
			const [lo, hi] = power();
			return [-lo, ~hi + (lo === 0 ? 1 : 0)];
		}
		case 6: {
			const [a, b] = [power(), power()];
			return [a[0] | b[0], a[1] | b[1]];
		}
		case 7:
			return [r.word() & r.word() & r.word(), r.word() & r.word() & r.word()];
		default:
			return [r.word(), r.word()];
	}
}

/** An exponent field: 0, the largest, those beside them, the middle (numbers near 1), or any. */
function exponent(r: Random, w: Width): number {
	const most = (1 << layouts[w].exponent) - 1;
	switch (r.below(8)) {
		case 0:
			return r.below(3);
		case 1:
			return most - r.below(3);
		case 2:
			return (most >> 1) - 2 + r.below(5);
		case 3:
			return (most >> 1) + r.below(layouts[w].fraction + 4) - 2;
		case 4:
			return (most >> 2) + r.below(5) - 2;
		case 5:
			return most - (most >> 2) + r.below(5) - 2;
		default:
			return r.below(most + 1);
	}
}

/** One operand. */
export function operand(r: Random, w: Width): Bits {
	return compose(w, r.below(2), exponent(r, w), fraction(r, w));
}

/** An operand that is `a`, or its negative, or a few last places or a few exponents away from it, or has nothing to do with it. */
export function neighbour(r: Random, w: Width, [lo, hi]: Bits): Bits {
	const { fraction: bits, exponent: width } = layouts[w];
	const field = (bits > 32 ? hi >>> (bits - 32) : lo >>> bits) & ((1 << width) - 1);
	switch (r.below(7)) {
		case 0:
			return compose(w, r.below(2), field, [lo + r.below(5) - 2, hi]);
		case 4:
			return compose(w, r.below(2), field, [lo, hi]);
		case 1:
			return compose(w, r.below(2), field + r.below(5) - 2, fraction(r, w));
		case 2:
			return compose(w, r.below(2), field + r.below(2 * bits + 8) - bits - 4, fraction(r, w));
		case 3:
			return compose(w, r.below(2), (1 << width) - 2 - field + r.below(2 * bits) - bits, fraction(r, w));
		default:
			return operand(r, w);
	}
}

/** A few last places from the smallest normal or the largest finite number. */
export function limit(r: Random, w: Width): Bits {
	const small = compose(w, r.below(2), 1, [0, 0]);
	const [lo, hi] = r.once(3) ? compose(w, r.below(2), (1 << layouts[w].exponent) - 1, [0, 0]) : small;
	const by = r.below(5) - 2;
	return [(lo + by) | 0, hi + (by < 0 && lo >>> 0 < -by ? -1 : 0)];
}

/** Bits as text, for messages. */
export function hex(w: number, [lo, hi]: Bits): string {
	const digits = (hi >>> 0).toString(16).padStart(8, "0") + (lo >>> 0).toString(16).padStart(8, "0");
	return `0x${digits.slice(16 - w / 4)}`;
}

const view = new DataView(new ArrayBuffer(8));

/** The host's number with these bits, w 32 or 64. */
export const toHost = (w: number, [lo, hi]: Bits): number => {
	view.setInt32(0, lo, true);
	view.setInt32(4, hi, true);
	return w === 64 ? view.getFloat64(0, true) : view.getFloat32(0, true);
};
/** Its bits; of a NaN, those of the library's. */
export const toBits = (w: number, value: number): Bits => {
	if (Number.isNaN(value)) return w === 64 ? [0, 0x7ff80000] : [0x7fc00000, 0];
	view.setInt32(4, 0, true);
	if (w === 64) view.setFloat64(0, value, true);
	else view.setFloat32(0, value, true);
	return [view.getInt32(0, true), view.getInt32(4, true)];
};
