import { describe, expect, it } from "vitest";
import { ImageError } from "../../jit/base/errors.ts";
import { encodeText } from "../../src/base/bytes.ts";
import { loadHex } from "../../src/load/hex.ts";
import { loadImage } from "../../src/load/load.ts";

const load = (...lines: string[]) => loadHex(encodeText(lines.join("\n")));
const end = ":00000001FF";

describe("Intel hex becomes an image", () => {
	it("whose records that follow each other are one segment", () => {
		const image = load(":020000040800F2", ":0400000001020304F2", ":02000400AABB95", end);
		expect(image.segments).toEqual([{ address: 0x8000000, data: Uint8Array.of(1, 2, 3, 4, 0xaa, 0xbb), bytes: 6, padding: 0 }]);
		expect(image.entry).toBe(0x8000000);
	});
	it("with segment addresses, a start record, lower case and CRLF", () => {
		const image = load(":020000021000ec\r", ":01000200ff\tfe".replace("\t", ""), ":040000050800004AA5", end);
		expect([image.segments[0]!.address, image.entry]).toEqual([0x10002, 0x800004a]);
	});
	it("in the order of its addresses", () => {
		expect(load(":01001000AA45", ":01000000BB44", end).segments.map((s) => s.address)).toEqual([0, 16]);
	});
});

const wrong: [what: string, lines: string[], message: string][] = [
	["with a wrong checksum", [":0100000001FF", end], "Intel hex: line 1 (byte 0): the checksum is 0xff, expected 0xfe"],
	["cut in a line", [":0100"], "Intel hex: line 1 (byte 0): byte 2 of the record is not two hexadecimal digits: the line is cut short or damaged"],
	["with something else between", [end.replace(":00", "x")], 'Intel hex: line 1 (byte 0): expected ":", found byte 0x78: this is no Intel hex file'],
	["without an end", [":0100000001FE"], "Intel hex: the file (13 bytes) has no end record: it is cut short"],
	["with something behind the end", [":0100000001FE", end, end], "Intel hex: line 3 (byte 26): something follows the end record"],
	["without data", [end], "Intel hex: the file holds no data: there is nothing to load"],
	["with an unknown record", [":00000006FA", end], "Intel hex: line 1 (byte 0): the record type is 6, known are 0 to 5"],
	["with an address record of the wrong length", [":0100000401FA", end], "Intel hex: line 1 (byte 0): a record of type 4 has 1 bytes, expected 2"],
	["over the end of its 64 KiB", [":02FFFF000102FD", end], "Intel hex: line 1 (byte 0): the record's 2 bytes at offset 0xffff pass the end of its 64 KiB"],
	[
		"with data twice",
		[":020000000102FB", ":0100010005F9", end],
		"Intel hex: segment at 0x0 (2 bytes) overlaps the one at 0x1: the file is damaged or was linked wrongly",
	],
];

describe("Intel hex is refused in one line", () => {
	for (const [what, lines, message] of wrong) it(what, () => expect(() => load(...lines)).toThrow(new ImageError(message)));
});

const files: [what: string, bytes: number[], message: string][] = [
	["an empty file", [], "image: the file is empty: there is nothing to load"],
	["a file of one byte", [0], "image: the file has 1 byte: too short for ELF or Intel hex; give a board (-M) to load it raw"],
	["anything else", [1, 2, 3, 4, 5], "image: byte 0 starts neither ELF nor Intel hex: give a board (-M) to load it raw"],
];
describe("a file of no known format", () => {
	for (const [what, bytes, message] of files) it(`${what} is refused`, () => expect(() => loadImage(Uint8Array.from(bytes))).toThrow(new ImageError(message)));
	it("is raw where an address is given", () => {
		const image = loadImage(Uint8Array.of(9, 8, 7, 6, 5), { rawAddress: 0x80000000 });
		expect([image.format, image.entry, image.segments[0]!.bytes]).toEqual(["raw", 0x80000000, 5]);
	});
});
