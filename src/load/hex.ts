/** Intel hex (Intel, "Hexadecimal Object File Format Specification", 1988) in, an image out. */
import { ImageError } from "../../jit/base/errors.ts";
import { hex } from "../base/hex.ts";
import { type Image, maxSegments, noSymbols, orderSegments, type Segment } from "./image.ts";

const Record = { data: 0, end: 1, segment: 2, startSegment: 3, linear: 4, startLinear: 5 } as const;
const COLON = 0x3a;

/** Value of a hexadecimal digit, or -1. */
function digit(c: number): number {
	if (c >= 0x30 && c <= 0x39) return c - 0x30;
	const letter = c | 0x20;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** Throws `ImageError` for anything but whole records with right checksums that end with an end record. */
export function loadHex(file: Uint8Array): Image {
	/** All data of the file, in its order: at most half as long as the text. */
	const all = new Uint8Array(file.length >> 1);
	let used = 0;
	const segments: Segment[] = [];
	let pieceAt = 0;
	let pieceAddress = -1;
	let upper = 0;
	let entry = -1;
	let ended = false;
	let at = 0;
	let line = 1;
	const record = new Uint8Array(5 + 255);

	const fail = (problem: string): never => {
		throw new ImageError(`Intel hex: line ${line} (byte ${at}): ${problem}`);
	};
	const closePiece = (): void => {
		if (used === pieceAt) return;
		if (segments.length === maxSegments) fail(`more than ${maxSegments} separate pieces`);
		segments.push({ address: pieceAddress, data: all.subarray(pieceAt, used), bytes: used - pieceAt, padding: 0 });
		pieceAt = used;
	};

	while (at < file.length) {
		const c = file[at]!;
		if (c === 10) line++;
		if (c === 10 || c === 13 || c === 32 || c === 9 || c === 0x1a) {
			at++;
			continue;
		}
		if (ended) fail("something follows the end record");
		if (c !== COLON) fail(`expected ":", found byte ${hex(c, 2)}: this is no Intel hex file`);
		let sum = 0;
		let length = 5;
		for (let i = 0; i < length; i++) {
			const high = digit(file[at + 1 + 2 * i] ?? 0);
			const low = digit(file[at + 2 + 2 * i] ?? 0);
			if (high < 0 || low < 0) fail(`byte ${i} of the record is not two hexadecimal digits: the line is cut short or damaged`);
			record[i] = high * 16 + low;
			sum += record[i]!;
			if (i === 0) length = 5 + record[0]!;
		}
		if ((sum & 255) !== 0) fail(`the checksum is ${hex(record[length - 1]!, 2)}, expected ${hex((record[length - 1]! - sum) & 255, 2)}`);
		const bytes = record[0]!;
		const offset = record[1]! * 256 + record[2]!;
		const value = bytes >= 2 ? record[4]! * 256 + record[5]! : 0;
		const expect = (count: number): void => {
			if (bytes !== count) fail(`a record of type ${record[3]} has ${bytes} bytes, expected ${count}`);
		};
		switch (record[3]) {
			case Record.data: {
				if (offset + bytes > 0x10000) fail(`the record's ${bytes} bytes at offset ${hex(offset)} pass the end of its 64 KiB`);
				const address = upper + offset;
				if (address !== pieceAddress + (used - pieceAt)) {
					closePiece();
					pieceAddress = address;
				}
				all.set(record.subarray(4, 4 + bytes), used);
				used += bytes;
				break;
			}
			case Record.end:
				expect(0);
				ended = true;
				break;
			case Record.segment:
				expect(2);
				upper = value * 16;
				break;
			case Record.linear:
				expect(2);
				upper = value * 65536;
				break;
			case Record.startSegment:
				expect(4);
				entry = value * 16 + record[6]! * 256 + record[7]!;
				break;
			case Record.startLinear:
				expect(4);
				entry = value * 65536 + record[6]! * 256 + record[7]!;
				break;
			default:
				fail(`the record type is ${record[3]}, known are 0 to 5`);
		}
		at += 1 + 2 * length;
	}
	if (!ended) throw new ImageError(`Intel hex: the file (${file.length} bytes) has no end record: it is cut short`);
	closePiece();
	if (segments.length === 0) throw new ImageError("Intel hex: the file holds no data: there is nothing to load");
	orderSegments("Intel hex", segments, 32);
	return { format: "Intel hex", entry: entry >= 0 ? entry : segments[0]!.address, segments, symbols: noSymbols, hints: null };
}
