/** Words of programs in, where they lie out: each in an array of its own, or many in one. */

export interface Room {
	put(words: ArrayLike<number>): { readonly code: Int32Array; readonly start: number };
}

export const ownRoom: Room = { put: (words) => ({ code: Int32Array.from(words), start: 0 }) };

/** 64 KiB: V8 and the C library take 300 bytes for an array, however little is in it. */
const sharedWords = 1 << 14;

/** An array goes when nothing in it is in use any more, so who keeps things for long should put them into a new one now and then. */
export function createRoom(): Room {
	let code = new Int32Array(0);
	let used = 0;
	return {
		put(words) {
			if (words.length > sharedWords / 8) return ownRoom.put(words);
			if (used + words.length > code.length) {
				code = new Int32Array(sharedWords);
				used = 0;
			}
			const start = used;
			code.set(words, start);
			used += words.length;
			return { code, start };
		},
	};
}
