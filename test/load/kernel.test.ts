import { describe, expect, it } from "vitest";
import { ImageError } from "../../jit/base/errors.ts";
import { isLinuxImage, loadLinuxImage, packingOf } from "../../src/load/kernel.ts";

/** A file of `bytes` bytes that holds these texts at these places, and 32-bit numbers. */
function file(bytes: number, texts: Record<number, string>, numbers: Record<number, number> = {}): Uint8Array {
	const out = new Uint8Array(bytes);
	for (const [at, text] of Object.entries(texts))
		out.set(
			[...text].map((c) => c.charCodeAt(0)),
			Number(at),
		);
	for (const [at, value] of Object.entries(numbers)) new DataView(out.buffer).setUint32(Number(at), value, true);
	return out;
}
const image = (o: { size?: number; high?: number; flags?: number } = {}) =>
	file(4096, { 0: "MZ", 48: "RISCV", 56: "RSC\x05" }, { 16: o.size ?? 8192, 20: o.high ?? 0, 24: o.flags ?? 0 });

describe("a Linux Image", () => {
	it("is known by its header", () => {
		expect(isLinuxImage(image())).toBe(true);
		expect(isLinuxImage(image().subarray(0, 63))).toBe(false);
		expect(isLinuxImage(file(4096, { 0: "MZ" }))).toBe(false);
	});
	it("takes the room its header asks for, zeros behind the file, and starts at its first byte", () => {
		const data = image();
		expect(loadLinuxImage(data, 0x80200000)).toMatchObject({ entry: 0x80200000, segments: [{ address: 0x80200000, bytes: 8192 }], hints: null });
		expect(loadLinuxImage(data, 0x80200000).segments[0]!.data).toHaveLength(4096);
	});
	it("takes at least its file's room", () => expect(loadLinuxImage(image({ size: 1 }), 0x80200000).segments[0]!.bytes).toBe(4096));
	it.each([
		["big-endian", { flags: 1 }, "Linux Image: its flags at byte 24 say big-endian: our processors are little-endian"],
		["of an absurd size", { high: 0xffff }, "Linux Image: its size at byte 16 is 0xffff00002000: more than any board has"],
	])("%s is refused", (_, o, message) => {
		expect(() => loadLinuxImage(image(o), 0x80200000)).toThrow(new ImageError(message));
	});
});

describe("a packed kernel", () => {
	it("in gzip is the whole file", () => {
		const data = Uint8Array.of(0x1f, 0x8b, 8, 0);
		expect(packingOf(data)).toEqual({ kind: "gzip", data });
	});
	it("in an EFI zboot image is a part of it", () => {
		const data = file(256, { 0: "MZ", 4: "zimg", 24: "gzip", 100: "\x1f\x8b" }, { 8: 100, 12: 50 });
		expect(packingOf(data)?.data).toEqual(data.subarray(100, 150));
	});
	it.each([
		[image(), "an Image"],
		[new Uint8Array(0), "an empty file"],
		[Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), "an ELF"],
	])("is nothing else: %#", (data) => expect(packingOf(data)).toBe(null));
	it.each([
		[
			"cut short",
			{ 0: "MZ", 4: "zimg", 24: "gzip" },
			{ 8: 100, 12: 200 },
			"EFI zboot: the kernel at byte 100 (200 bytes) does not fit into 256 bytes: the file is cut short",
		],
		[
			"in another packing",
			{ 0: "MZ", 4: "zimg", 24: "zstd22" },
			{ 8: 100, 12: 20 },
			'EFI zboot: the kernel at byte 100 is packed with "zstd22", only gzip is known: unpack it first',
		],
	])("%s is refused", (_, texts, numbers, message) => expect(() => packingOf(file(256, texts, numbers))).toThrow(new ImageError(message)));
});
