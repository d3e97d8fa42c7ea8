/** Bytes in, a 64-bit fingerprint out: for comparing the states of two runs, not for security. */

/** A running fingerprint; the order and the lengths of what is added count. */
export interface Hash {
	add(bytes: Uint8Array): void;
	/** An integer below 2^53 in size. */
	number(value: number): void;
	/** 16 hexadecimal digits. */
	digest(): string;
}

export function createHash(): Hash {
	let a = 0x811c9dc5 | 0;
	let b = 0x1b873593 | 0;
	const word = (w: number): void => {
		a = Math.imul(a ^ w, 0x01000193);
		b = Math.imul((b ^ w ^ (a >>> 15)) + 0x7f4a7c15, 0x2c1b3c6d);
		b ^= b >>> 13;
	};
	const add = (bytes: Uint8Array): void => {
		const words = bytes.length >>> 2;
		if ((bytes.byteOffset & 3) === 0) {
			const view = new Int32Array(bytes.buffer, bytes.byteOffset, words);
			for (let i = 0; i < words; i++) word(view[i]!);
		} else {
			for (let i = 0; i < words; i++) word(bytes[4 * i]! | (bytes[4 * i + 1]! << 8) | (bytes[4 * i + 2]! << 16) | (bytes[4 * i + 3]! << 24));
		}
		let rest = 0;
		for (let i = 4 * words; i < bytes.length; i++) rest = (rest << 8) | bytes[i]!;
		word(rest);
		word(bytes.length);
	};
	return {
		add,
		number(value) {
			word(value | 0);
			word(Math.floor(value / 2 ** 32) | 0);
		},
		digest() {
			const text = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");
			return text(a ^ (b >>> 7)) + text(b);
		},
	};
}
