/** The host's clocks: milliseconds for measuring, seconds since 1970 for a guest that asks. */

/** Milliseconds, monotonic. (`performance` would be a module more to load.) */
export function nowMillis(): number {
	const [seconds, nanos] = process.hrtime();
	return seconds * 1e3 + nanos / 1e6;
}

/** Seconds since 1970. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1000);
