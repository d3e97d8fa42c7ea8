/** The host's clocks: milliseconds for measuring, seconds since 1970 for a guest that asks. */

/** Milliseconds since the process started, monotonic. (`performance` would be a module more to load.) */
export const nowMillis = (): number => process.uptime() * 1000;

/** Seconds since 1970. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1000);
