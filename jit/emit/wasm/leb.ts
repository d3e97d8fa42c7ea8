/** A growing array of bytes, and the integers of the Wasm binary format in it (WebAssembly core specification 2.0, 5.2). */

export class Bytes {
	#bytes = new Uint8Array(1 << 14);
	#length = 0;

	get length(): number {
		return this.#length;
	}
	byte(value: number): void {
		if (this.#length === this.#bytes.length) this.#grow(1);
		this.#bytes[this.#length++] = value;
	}
	raw(...bytes: readonly number[]): void {
		for (const byte of bytes) this.byte(byte);
	}
	append(other: Bytes): void {
		if (this.#length + other.#length > this.#bytes.length) this.#grow(other.#length);
		this.#bytes.set(other.#bytes.subarray(0, other.#length), this.#length);
		this.#length += other.#length;
	}
	/** LEB128 of a number from 0 to 2^32 - 1. */
	unsigned(value: number): void {
		while (value > 0x7f) {
			this.byte((value & 0x7f) | 0x80);
			value >>>= 7;
		}
		this.byte(value);
	}
	/** Signed LEB128 of 64 bits in signed halves. */
	signed(lo: number, hi: number): void {
		for (;;) {
			const group = lo & 0x7f;
			lo = (lo >>> 7) | (hi << 25);
			hi >>= 7;
			const sign = (group & 0x40) === 0 ? 0 : -1;
			if (lo === sign && hi === sign) {
				this.byte(group);
				return;
			}
			this.byte(group | 0x80);
		}
	}
	/** 32 bits, little-endian. */
	word(value: number): void {
		this.raw(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
	}
	/** ASCII with its length before it. */
	text(text: string): void {
		this.unsigned(text.length);
		for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
	}
	/** What `write` adds, with its length before it. */
	sized(write: () => void): void {
		const from = this.#length;
		write();
		const size = this.#length - from;
		// the length is written behind and then moved before: it has one to five bytes
		this.unsigned(size);
		const prefix = this.#bytes.slice(from + size, this.#length);
		this.#bytes.copyWithin(from + prefix.length, from, from + size);
		this.#bytes.set(prefix, from);
	}
	section(id: number, write: () => void): void {
		this.byte(id);
		this.sized(write);
	}
	/** All of it, in an array of its own. */
	take(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#length);
	}
	#grow(by: number): void {
		const larger = new Uint8Array(2 * (this.#length + by));
		larger.set(this.#bytes);
		this.#bytes = larger;
	}
}
