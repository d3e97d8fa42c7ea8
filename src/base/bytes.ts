/** Bytes and byte orders: a growing writer, and text to and from bytes without the host's encoders. */

/** Bytes appended in order; `u32` and `u64` in the byte order it was made with. */
export interface ByteWriter {
	readonly length: number;
	u8(value: number): void;
	u32(value: number): void;
	/** An integer from 0 to 2^53. */
	u64(value: number): void;
	bytes(value: Uint8Array): void;
	/** Zero bytes until the length is a multiple of `to`. */
	align(to: number): void;
	finish(): Uint8Array;
}

export function createByteWriter(endian: "little" | "big"): ByteWriter {
	const out: number[] = [];
	const u32 = (value: number): void => {
		const parts = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
		out.push(...(endian === "big" ? parts : parts.reverse()));
	};
	return {
		get length() {
			return out.length;
		},
		u8: (value) => void out.push(value & 255),
		u32,
		u64(value) {
			const high = Math.floor(value / 2 ** 32);
			if (endian === "big") u32(high);
			u32(value);
			if (endian === "little") u32(high);
		},
		bytes(value) {
			for (const byte of value) out.push(byte);
		},
		align(to) {
			while (out.length % to !== 0) out.push(0);
		},
		finish: () => Uint8Array.from(out),
	};
}

/** UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export function encodeText(text: string): Uint8Array {
	const out: number[] = [];
	for (const character of text) {
		let c = character.codePointAt(0)!;
		if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
		if (c < 0x80) out.push(c);
		else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
		else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
		else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
	}
	return Uint8Array.from(out);
}

/** Each byte as the character of that number (Latin-1): never fails, and keeps distinct bytes distinct. */
export function decodeBytes(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
	return text;
}

/** A guest's bytes as text: UTF-8 where they are, else each wrong byte as U+FFFD. Cut at the first zero byte. */
export function decodeText(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length && bytes[i] !== 0; ) {
		const first = bytes[i]!;
		const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
		let c = more <= 0 ? first : first & (0x3f >> more);
		let good = more >= 0;
		for (let k = 1; k <= more && good; k++) {
			const next = bytes[i + k] ?? 0;
			good = (next & 0xc0) === 0x80;
			c = (c << 6) | (next & 63);
		}
		good &&= c <= 0x10ffff && !(c >= 0xd800 && c < 0xe000) && c >= [0, 0x80, 0x800, 0x10000][Math.max(more, 0)]!;
		text += good ? String.fromCodePoint(c) : "\ufffd";
		i += good ? more + 1 : 1;
	}
	return text;
}
