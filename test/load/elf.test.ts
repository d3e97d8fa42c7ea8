import { describe, expect, it } from "vitest";
import { ImageError } from "../../jit/base/errors.ts";
import { loadElf } from "../../src/load/elf.ts";
import { makeElf } from "./make-elf.ts";

const code = Uint8Array.of(1, 2, 3, 4);
const base = 0x80000000;
const good = () => makeElf({ segments: [{ address: base, data: code, bytes: 16 }], symbols: [{ name: "tohost", value: base + 8 }] });

describe("an ELF file becomes an image", () => {
	for (const bits of [32, 64] as const)
		for (const endian of ["little", "big"] as const)
			it(`of ${bits} bits, ${endian}-endian`, () => {
				const image = loadElf(
					makeElf({ bits, endian, entry: base + 4, segments: [{ address: base, data: code, bytes: 16 }], symbols: [{ name: "x", value: base }] }),
				);
				expect(image.entry).toBe(base + 4);
				expect(image.segments).toEqual([{ address: base, data: code, bytes: 16, padding: 0 }]);
				expect(image.hints).toEqual({ machine: 243, bits, endian, flags: 0 });
				expect(image.symbols.find("x")).toEqual({ name: "x", value: base, bytes: 0, kind: "other" });
			});
	it("whose segments come in the order of their addresses", () => {
		const image = loadElf(makeElf({ segments: [base + 64, base].map((address) => ({ address, data: code })) }));
		expect(image.segments.map((s) => s.address)).toEqual([base, base + 64]);
	});
	it("whose segments are windows of the file, not copies", () => {
		const file = good();
		expect(loadElf(file).segments[0]!.data.buffer).toBe(file.buffer);
	});
	it("that finds symbols by their whole name only", () => {
		const { symbols } = loadElf(good());
		expect(["tohost", "tohos", "tohost2", "ohost", "main"].map((name) => symbols.find(name)?.value)).toEqual([
			base + 8,
			undefined,
			undefined,
			undefined,
			undefined,
		]);
	});
	it("S9: symbol names are only text, whatever they hold", () => {
		const names = ["*/process.exit()//", "__proto__", "constructor", "\u0000", "$(1)", "`", "é☃"];
		const { symbols } = loadElf(makeElf({ segments: [{ address: base, data: code }], symbols: names.map((name, i) => ({ name, value: i + 1 })) }));
		expect(names.map((name, i) => (name === "\u0000" ? i + 1 : symbols.find(name)?.value))).toEqual(names.map((_, i) => i + 1));
		expect(symbols.find("toString")).toBe(null);
		expect(symbols.at(2).name).toBe("__proto__");
	});
});

/** What is done to a good file, and the whole message. */
const wrong: [what: string, change: (file: Uint8Array, view: DataView) => Uint8Array | undefined, message: string][] = [
	["cut in its identification", (f) => f.subarray(0, 10), "ELF: the file has 10 bytes, an ELF header takes 52: it is cut short"],
	["cut in its header", (f) => f.subarray(0, 40), "ELF: the file has 40 bytes, an ELF header takes 64: it is cut short"],
	["with another magic", (f) => void (f[1] = 0x46), "ELF: byte 0 is not 7f 45 4c 46: this is no ELF file"],
	["of an unknown class", (f) => void (f[4] = 3), "ELF: class at byte 4 is 3, expected 1 (32 bits) or 2 (64 bits)"],
	["of an unknown byte order", (f) => void (f[5] = 0), "ELF: data encoding at byte 5 is 0, expected 1 (little-endian) or 2 (big-endian)"],
	["that is an object file", (f) => void (f[16] = 1), "ELF: type at byte 16 is 1 (relocatable): link it into an executable first"],
	["that is a core dump", (f) => void (f[16] = 4), "ELF: type at byte 16 is 4, expected 2 (executable) or 3 (shared)"],
	["without program headers", (f) => void (f[56] = 0), "ELF: the program header count at byte 56 is 0: there is nothing to load"],
	["with 65535 program headers", (f) => void f.fill(255, 56, 58), "ELF: the program header count at byte 56 is 65535, limit 256"],
	["with short program headers", (f) => void (f[54] = 8), "ELF: the program header size at byte 54 is 8, expected 56"],
	[
		"with program headers behind its end",
		(_, v) => void v.setUint32(32, 0x1000, true),
		"ELF: the program header table at byte 4096 (56 bytes) ends behind the file (372 bytes): it is cut short",
	],
	[
		"with an offset of 2^64 - 1",
		(_, v) => void v.setBigUint64(32, 2n ** 64n - 1n, true),
		"ELF: program header offset at byte 32 is 0x10000000000000000, limit 0x1fffffffffffff",
	],
	["without a loadable segment", (f) => void (f[64] = 2), "ELF: none of the 1 program headers is a loadable segment: there is nothing to load"],
	[
		"with more in the file than in memory",
		(f) => void (f[64 + 40] = 2),
		"ELF: segment 0 has 4 bytes in the file but 2 in memory (byte 64): the file is damaged",
	],
	[
		"with a segment behind its end",
		(_, v) => void v.setUint32(64 + 8, 0x2000, true),
		"ELF: segment 0 at byte 8192 (4 bytes) ends behind the file (372 bytes): it is cut short",
	],
	[
		"whose segment wraps",
		(_, v) => void v.setBigUint64(64 + 24, 2n ** 53n - 8n, true),
		"ELF: segment at 0x1ffffffffffff8 (16 bytes) wraps around the 64-bit address space",
	],
	[
		"with a section table behind its end",
		(_, v) => void v.setUint32(40, 0x300, true),
		"ELF: the section header table at byte 768 (192 bytes) ends behind the file (372 bytes): it is cut short",
	],
	["with short symbols", (_, v) => void v.setUint32(180 + 64 + 56, 4, true), "ELF: symbols of section 1 take 4 bytes each, expected 24"],
	[
		"whose names are in no section",
		(_, v) => void v.setUint32(180 + 64 + 40, 9, true),
		"ELF: the symbol table's names are in section 9, but there are 3 sections",
	],
];

describe("an ELF file is refused in one line", () => {
	for (const [what, change, message] of wrong)
		it(what, () => {
			const file = good();
			const changed = change(file, new DataView(file.buffer)) ?? file;
			expect(() => loadElf(changed)).toThrow(new ImageError(message));
		});
	it("whose segments overlap", () => {
		const file = makeElf({ segments: [base, base + 2].map((address) => ({ address, data: code })) });
		expect(() => loadElf(file)).toThrow(
			new ImageError("ELF: segment at 0x80000000 (4 bytes) overlaps the one at 0x80000002: the file is damaged or was linked wrongly"),
		);
	});
	it("of 32 bits, whose segment wraps", () => {
		const file = makeElf({ bits: 32, segments: [{ address: 0xfffffffc, data: code, bytes: 8 }] });
		expect(() => loadElf(file)).toThrow(new ImageError("ELF: segment at 0xfffffffc (8 bytes) wraps around the 32-bit address space"));
	});
});
