/** A 9P message's bytes in, numbers and texts out; and the other way: little-endian numbers, texts with their length before them. */
import { decodeText, encodeText } from "../../base/bytes.ts";

export interface Reader {
	u8(): number;
	u16(): number;
	u32(): number;
	/** Exact below 2^53. */
	u64(): number;
	text(): string;
	/** A count, then so many bytes. */
	data(): Uint8Array;
	/** Nothing was missing, nothing is left, and all texts were UTF-8 without a zero. */
	good(): boolean;
}

/** What is missing reads as 0 and "": ask `good` before anything is done with it. */
export function createReader(bytes: Uint8Array): Reader {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	let at = 0;
	let bad = false;
	const take = (length: number): number => {
		const from = at;
		if (at + length > bytes.length) {
			bad = true;
			return -1;
		}
		at += length;
		return from;
	};
	const number = (length: number, get: (from: number) => number) => (): number => {
		const from = take(length);
		return from < 0 ? 0 : get(from);
	};
	const u16 = number(2, (from) => view.getUint16(from, true));
	const u32 = number(4, (from) => view.getUint32(from, true));
	const slice = (length: number): Uint8Array => {
		const from = take(length);
		return from < 0 ? new Uint8Array(0) : bytes.subarray(from, from + length);
	};
	return {
		u8: number(1, (from) => bytes[from]!),
		u16,
		u32,
		u64: number(8, (from) => view.getUint32(from + 4, true) * 2 ** 32 + view.getUint32(from, true)),
		text() {
			const encoded = slice(u16());
			const text = decodeText(encoded);
			const again = encodeText(text);
			if (again.length !== encoded.length || again.some((byte, i) => byte !== encoded[i])) bad = true;
			return text;
		},
		data: () => slice(u32()),
		good: () => !bad && at === bytes.length,
	};
}

/** The parts of a message's body, in order. */
export type Part = readonly [bytes: 1 | 2 | 4, value: number] | readonly [bytes: 8, value: number | bigint] | string | Uint8Array;

export function join(parts: readonly Part[]): Uint8Array {
	const pieces = parts.map((part): Uint8Array => {
		if (part instanceof Uint8Array) return part;
		if (typeof part === "string") {
			const text = encodeText(part);
			return join([[2, text.length], text]);
		}
		const [bytes, value] = part;
		const piece = new Uint8Array(8);
		new DataView(piece.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
		return piece.subarray(0, bytes);
	});
	const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let at = 0;
	for (const piece of pieces) {
		out.set(piece, at);
		at += piece.length;
	}
	return out;
}
