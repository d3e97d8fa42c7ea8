import { describe, expect, it } from "vitest";
import { ImageError } from "../../jit/base/errors.ts";
import { encodeText } from "../../src/base/bytes.ts";
import { createRandom, type Random } from "../../src/base/random.ts";
import { loadImage } from "../../src/load/load.ts";
import { makeElf } from "./make-elf.ts";
import { fastest, mutate } from "./mutate.ts";

const cases = Number(process.env.DOPPEL_CASES ?? 10_000);
const seed = Number(process.env.DOPPEL_SEED ?? 1);
const limitMillis = 50;

const data = Uint8Array.from({ length: 64 }, (_, i) => i);
const symbols = ["main", "tohost", "__proto__"].map((name, i) => ({ name, value: 0x80000000 + 4 * i }));
const segments = [0x80000000, 0x80001000].map((address) => ({ address, data, bytes: 100 }));
const seeds: Uint8Array[] = [
	...([32, 64] as const).flatMap((bits) => (["little", "big"] as const).map((endian) => makeElf({ bits, endian, segments, symbols }))),
	encodeText([":020000040800F2", ":0400000001020304F2", ":02000400AABB95", ":040000050800004AA5", ":00000001FF"].join("\n")),
];
const kinds: [what: string, make: (random: Random) => Uint8Array, raw?: number][] = [
	["mutated files", (random) => mutate(random, seeds[random.below(seeds.length)]!)],
	[
		"random bytes behind a magic number",
		(random) => {
			const bytes = Uint8Array.from({ length: random.below(600) }, () => random.below(256));
			bytes.set([0x7f, 0x45, 0x4c, 0x46, 1 + random.below(2), 1 + random.below(2)].slice(0, bytes.length));
			return bytes;
		},
	],
	["random hex lines", (random) => encodeText(Array.from({ length: random.below(80) }, () => ":0123456789abcdefABCDEF\r\n "[random.below(26)]).join(""))],
	["random raw files", (random) => Uint8Array.from({ length: random.below(100) }, () => random.below(256)), 2 ** 53 - 50],
];

describe("S1: an image from outside", () => {
	for (const [what, make, rawAddress] of kinds)
		it(`${what}: an image, or one line of ImageError, within ${limitMillis} ms`, () => {
			const random = createRandom(seed);
			let loaded = 0;
			for (let i = 0; i < cases; i++) {
				const file = make(random);
				const place = `seed ${seed}, case ${i}, ${file.length} bytes: ${Buffer.from(file).toString("hex").slice(0, 2000)}`;
				const start = performance.now();
				try {
					const image = loadImage(file, { rawAddress });
					loaded++;
					for (let k = 0; k < Math.min(image.symbols.count, 100); k++) image.symbols.at(k);
					image.symbols.find("tohost");
					for (const segment of image.segments) {
						expect(segment.data.length <= segment.bytes && segment.address >= 0 && segment.address + segment.bytes <= 2 ** 53, place).toBe(true);
					}
				} catch (error) {
					expect(error, place).toBeInstanceOf(ImageError);
					expect((error as Error).message, place).toMatch(/^(ELF|Intel hex|raw|image): [^\n]+$/);
				}
				if (performance.now() - start > limitMillis)
					expect(
						fastest(() => loadImage(file, { rawAddress })),
						place,
					).toBeLessThan(limitMillis);
			}
			expect(loaded).toBeLessThan(cases);
		});

	/** Files made so that a careless loader would take much memory or time. */
	const large: [what: string, file: () => Uint8Array][] = [
		["a segment of 2^52 bytes that has none in the file", () => makeElf({ segments: [{ address: 0, data: new Uint8Array(0), bytes: 2 ** 52 }] })],
		["250 program headers that share all their bytes", () => manyHeaders(250)],
		["100,000 symbols", () => makeElf({ segments: [{ address: 0, data }], symbols: Array.from({ length: 100_000 }, () => ({ name: "a", value: 1 })) })],
		["a hex file of 250 pieces", () => pieces(250)],
		["a hex file of 100,000 pieces", () => pieces(100_000)],
	];
	for (const [what, make] of large)
		it(`${what}: takes at most 4 times its own memory (and 256 KiB) and ${limitMillis} ms`, () => {
			const file = make();
			const attempt = () => {
				try {
					return loadImage(file);
				} catch (error) {
					return error;
				}
			};
			attempt();
			attempt();
			const before = process.memoryUsage();
			const kept = attempt();
			const after = process.memoryUsage();
			expect(kept).toBeDefined();
			expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(4 * file.length + 2 ** 18);
			expect(fastest(attempt)).toBeLessThan(limitMillis);
		});
});

function manyHeaders(count: number): Uint8Array {
	const file = makeElf({ bits: 32, segments: Array.from({ length: count }, (_, i) => ({ address: 64 * i, data: new Uint8Array(0), bytes: 64 })) });
	const view = new DataView(file.buffer);
	for (let i = 0; i < count; i++) view.setUint32(52 + 32 * i + 4, 0, true);
	for (let i = 0; i < count; i++) view.setUint32(52 + 32 * i + 16, 64, true);
	return file;
}

function pieces(count: number): Uint8Array {
	const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
	const record = (address: number) => {
		const bytes = [1, address >> 8, address & 255, 0, 7];
		return `:${bytes.map((b) => hex(b, 2)).join("")}${hex(-bytes.reduce((a, b) => a + b) & 255, 2)}`;
	};
	return encodeText([...Array.from({ length: count }, (_, i) => record((2 * i) & 0xffff)), ":00000001FF"].join("\n"));
}
