/** Numbers in, the hexadecimal text of our messages out. */

/** `0x` and at least `digits` lower-case digits. `value` is an integer, not negative, below 2^53. */
export function hex(value: number, digits = 1): string {
	return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** A size for people: `128 MiB`, `4 KiB`, `100 bytes`; the largest unit that divides it. */
export function size(bytes: number): string {
	if (bytes > 0 && bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30} GiB`;
	if (bytes > 0 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`;
	if (bytes > 0 && bytes % 2 ** 10 === 0) return `${bytes / 2 ** 10} KiB`;
	return `${bytes} bytes`;
}
