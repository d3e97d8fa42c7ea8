/** A seed in, the same stream of numbers out, on every host. */

/** A seeded generator (xorshift, 32 bits of state). Not for secrets. */
export interface Random {
	/** The next unsigned 32-bit number. */
	next(): number;
	/** An integer from 0 to `limit` - 1; `limit` from 1 to 2^32. */
	below(limit: number): number;
}

/** `seed`: any integer; equal seeds give equal streams. */
export function createRandom(seed: number): Random {
	let x = (seed ^ 0x9e3779b9) | 0 || 1;
	const next = (): number => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return Math.imul(x, 0x2545f491) >>> 0;
	};
	for (let i = 0; i < 8; i++) next();
	return { next, below: (limit) => Math.floor((next() / 2 ** 32) * limit) };
}
