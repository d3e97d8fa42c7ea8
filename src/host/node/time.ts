/** The host's clocks: milliseconds for measuring, seconds since 1970 for a guest that asks. */

/** Milliseconds, monotonic. */
export const nowMillis = (): number => performance.now();

/** Seconds since 1970. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1000);
