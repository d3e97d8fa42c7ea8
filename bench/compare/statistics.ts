/** Samples in, what is said of them out. */

/** The value below which the share of the samples lies, between neighbours in proportion; NaN when there are none. */
export function quantile(samples: readonly number[], share: number): number {
	const sorted = [...samples].sort((a, b) => a - b);
	const at = (sorted.length - 1) * share;
	const low = sorted[Math.floor(at)];
	const high = sorted[Math.ceil(at)];
	return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

export const geometricMean = (values: readonly number[]): number => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

export interface Ratio {
	readonly median: number;
	/** Quartiles: half of the pairs lie between. */
	readonly low: number;
	readonly high: number;
}

/** Pair by pair (what ran next to each other in time), a divided by b. */
export function ratioOf(a: readonly number[], b: readonly number[]): Ratio {
	const ratios = a.flatMap((value, i) => (b[i] === undefined ? [] : [value / b[i]]));
	return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
