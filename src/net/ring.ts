/** Bytes in at one end, bytes out at the other: a queue that grows as it needs to. */

export interface ByteRing {
	readonly length: number;
	push(bytes: Uint8Array): void;
	/** Fills `into` with the bytes from `at` (of the oldest) on; they are all there. */
	copy(at: number, into: Uint8Array): void;
	/** Forgets the oldest. */
	drop(count: number): void;
}

const firstBytes = 4096;

export function createByteRing(): ByteRing {
	let store = new Uint8Array(0);
	let start = 0;
	let length = 0;
	const copy = (at: number, into: Uint8Array): void => {
		const from = (start + at) % store.length;
		const first = Math.min(into.length, store.length - from);
		into.set(store.subarray(from, from + first));
		into.set(store.subarray(0, into.length - first), first);
	};
	return {
		get length() {
			return length;
		},
		push(bytes) {
			if (length + bytes.length > store.length) {
				let size = Math.max(store.length, firstBytes);
				while (size < length + bytes.length) size *= 2;
				const grown = new Uint8Array(size);
				if (length > 0) copy(0, grown.subarray(0, length));
				store = grown;
				start = 0;
			}
			if (bytes.length === 0) return;
			const to = (start + length) % store.length;
			const first = Math.min(bytes.length, store.length - to);
			store.set(bytes.subarray(0, first), to);
			store.set(bytes.subarray(first), 0);
			length += bytes.length;
		},
		copy(at, into) {
			if (into.length > 0) copy(at, into);
		},
		drop(count) {
			length -= count;
			start = length === 0 ? 0 : (start + count) % store.length;
		},
	};
}
