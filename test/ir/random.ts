/** A seed in, a stream of repeatable random numbers out, with a liking for the corners of arithmetic. */

export class Random {
	private state: number;
	constructor(readonly seed: number) {
		this.state = seed | 0;
	}
	/** 32 random bits, signed. */
	word(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return t ^ (t >>> 14);
	}
	/** 0 .. n-1 */
	below(n: number): number {
		return Math.floor(((this.word() >>> 0) / 4294967296) * n);
	}
	/** True once in `n` times. */
	once(n: number): boolean {
		return this.below(n) === 0;
	}
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)] as T;
	}
	/** A 64-bit number as signed halves, cut to `w` bits: corners (0, 1, -1, most negative, powers of two...) half of the time. */
	bits(w: number): [lo: number, hi: number] {
		let lo = this.word();
		let hi = this.word();
		const power = this.below(w);
		const [pl, ph] = power < 32 ? [1 << power, 0] : [0, 1 << (power - 32)];
		switch (this.below(14)) {
			case 0:
				[lo, hi] = [0, 0];
				break;
			case 1:
				[lo, hi] = [1, 0];
				break;
			case 2:
				[lo, hi] = [-1, -1];
				break;
			case 3:
				[lo, hi] = w > 32 ? [0, 1 << (w - 33)] : [1 << (w - 1), 0];
				break;
			case 4:
				[lo, hi] = w > 32 ? [-1, (1 << (w - 33)) - 1] : [(1 << (w - 1)) - 1, 0];
				break;
			case 5:
				[lo, hi] = [pl, ph];
				break;
			case 6:
				[lo, hi] = [~pl, ~ph];
				break;
			case 7:
				[lo, hi] = [this.below(70), 0];
				break;
			case 8:
				[lo, hi] = [-1 - this.below(40), -1];
				break;
			case 9:
				hi = 0;
				break;
			default:
		}
		return [w >= 32 ? lo | 0 : lo & ((1 << w) - 1), w <= 32 ? 0 : w >= 64 ? hi | 0 : hi & ((1 << (w - 32)) - 1)];
	}
	/** A floating-point number of 16, 32 or 64 bits: zeros, subnormals, the smallest and largest, infinities, NaNs, small numbers, ones with few bits. */
	float(w: number): [lo: number, hi: number] {
		const exponentBits = w === 16 ? 5 : w === 32 ? 8 : 11;
		const fractionBits = w - 1 - exponentBits;
		const bias = 2 ** (exponentBits - 1) - 1;
		let exponent = this.below(2 ** exponentBits);
		const [fl, fh] = this.bits(fractionBits);
		let fraction = (BigInt(fh >>> 0) << 32n) | BigInt(fl >>> 0);
		switch (this.below(8)) {
			case 0:
				exponent = this.pick([0, 0, 1, 2 ** exponentBits - 2, 2 ** exponentBits - 1]);
				break;
			case 1:
				exponent = this.pick([0, 2 ** exponentBits - 1]);
				fraction = 0n;
				break;
			case 2:
			case 3:
				exponent = bias + this.below(5) - 2;
				break;
			case 4:
				exponent = bias + this.below(8);
				fraction = (fraction >> BigInt(fractionBits - 4)) << BigInt(fractionBits - 4);
				break;
			case 5:
				exponent = Math.min(2 ** exponentBits - 2, Math.max(0, bias + this.below(2 * fractionBits + 4) - fractionBits - 2));
				break;
			default:
		}
		const bits = (((BigInt(this.below(2)) << BigInt(exponentBits)) | BigInt(exponent)) << BigInt(fractionBits)) | fraction;
		return [Number(bits & 0xffffffffn) | 0, Number(bits >> 32n) | 0];
	}
	/** A width from 1 to 64, mostly one that real ISAs use. */
	width(): number {
		return this.once(4) ? 1 + this.below(64) : this.pick([1, 8, 16, 32, 32, 32, 64, 64]);
	}
}

/** How many rounds a random test runs: the ordinary count, or the environment variable DOPPEL_ROUNDS times as many. */
export function rounds(ordinary: number): number {
	return ordinary * Number(globalThis.process?.env["DOPPEL_ROUNDS"] ?? 1);
}
