/** Assembled bytes in, the bytes of a file out: raw, Intel HEX, or an ELF executable with symbols. */
import { HostError } from "../../../jit/base/errors.ts";
import type { Isa } from "../../../jit/spec/isa.ts";
import { boards } from "../../boards/boards.ts";

/** The file for what follows the last dot of its name. */
export function packed(extension: string, isa: Isa, origin: number, bytes: Uint8Array, symbols: ReadonlyMap<string, number>): Uint8Array | string {
	if (extension === ".elf") return elfOf(isa, origin, bytes, symbols);
	return extension === ".hex" ? hexOf(origin, bytes) : bytes;
}

function record(type: number, address: number, data: readonly number[]): string {
	const body = [data.length, (address >> 8) & 255, address & 255, type, ...data];
	const sum = -body.reduce((a, b) => a + b, 0) & 255;
	return `:${[...body, sum].map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join("")}\n`;
}

/** Intel HEX with extended linear addresses. */
export function hexOf(origin: number, bytes: Uint8Array): string {
	if (origin + bytes.length > 2 ** 32)
		throw new HostError(`Intel HEX: the program ends at 0x${(origin + bytes.length).toString(16)}; the format reaches to 0xffffffff`);
	let out = "";
	let upper = -1;
	for (let at = 0; at < bytes.length; ) {
		const address = origin + at;
		const high = Math.floor(address / 65536);
		if (high !== upper) out += record(4, 0, [high >> 8, high & 255]);
		upper = high;
		const size = Math.min(16, bytes.length - at, 65536 - (address % 65536));
		out += record(0, address % 65536, [...bytes.subarray(at, at + size)]);
		at += size;
	}
	return `${out}${record(5, 0, [(origin >>> 24) & 255, (origin >>> 16) & 255, (origin >>> 8) & 255, origin & 255])}${record(1, 0, [])}`;
}

/** A static ELF executable: one segment, the symbols, entry at `_start` or the first byte. */
export function elfOf(isa: Isa, origin: number, bytes: Uint8Array, symbols: ReadonlyMap<string, number>): Uint8Array {
	const wide = isa.addressBits > 32;
	const processor = boards.flatMap((b) => b.processors).find((p) => p.isa === isa.name && p.bits === isa.addressBits);
	if (!processor)
		throw new HostError(`ELF: no board has a processor of ${isa.variant}, so its machine number is not known: write raw bytes (.bin) or Intel HEX (.hex)`);
	const little = isa.memories[0]!.endian === "little";
	const word = wide ? 8 : 4;
	const [headerSize, segmentSize, symbolSize, sectionSize] = wide ? [64, 56, 24, 64] : [52, 32, 16, 40];
	const names = ["", ...symbols.keys()];
	const strings = new TextEncoder().encode(`${names.join("\0")}\0`);
	const sectionNames = "\0.text\0.symtab\0.strtab\0.shstrtab\0";
	const codeAt = 4096 + (origin % 4096);
	const symbolsAt = Math.ceil((codeAt + bytes.length) / 8) * 8;
	const stringsAt = symbolsAt + names.length * symbolSize;
	const sectionNamesAt = stringsAt + strings.length;
	const sectionsAt = Math.ceil((sectionNamesAt + sectionNames.length) / 8) * 8;
	const out = new Uint8Array(sectionsAt + 5 * sectionSize);
	const view = new DataView(out.buffer);
	let at = 0;
	const put = (size: number, value: number): void => {
		if (size === 8) view.setBigUint64(at, BigInt(value), little);
		else if (size === 4) view.setUint32(at, value, little);
		else if (size === 2) view.setUint16(at, value, little);
		else view.setUint8(at, value);
		at += size;
	};
	const putAll = (...pairs: readonly (readonly [size: number, value: number])[]): void => {
		for (const [size, value] of pairs) put(size, value);
	};
	out.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
	at = 16;
	putAll([2, 2], [2, processor.machine], [4, 1], [word, symbols.get("_start") ?? origin], [word, headerSize], [word, sectionsAt], [4, 0]);
	putAll([2, headerSize], [2, segmentSize], [2, 1], [2, sectionSize], [2, 5], [2, 4]);
	if (wide) putAll([4, 1], [4, 7], [8, codeAt], [8, origin], [8, origin], [8, bytes.length], [8, bytes.length], [8, 4096]);
	else putAll([4, 1], [4, codeAt], [4, origin], [4, origin], [4, bytes.length], [4, bytes.length], [4, 7], [4, 4096]);
	out.set(bytes, codeAt);
	at = symbolsAt;
	let nameAt = 0;
	for (const name of names) {
		const value = symbols.get(name) ?? 0;
		const info = name === "" ? 0 : 0x10;
		const section = name === "" ? 0 : value >= origin && value <= origin + bytes.length ? 1 : 0xfff1;
		if (wide) putAll([4, nameAt], [1, info], [1, 0], [2, section], [8, value], [8, 0]);
		else putAll([4, nameAt], [4, value], [4, 0], [1, info], [1, 0], [2, section]);
		nameAt += new TextEncoder().encode(name).length + 1;
	}
	out.set(strings, stringsAt);
	out.set(new TextEncoder().encode(sectionNames), sectionNamesAt);
	at = sectionsAt + sectionSize;
	const section = (name: number, type: number, flags: number, address: number, offset: number, size: number, link: number, entry: number): void =>
		putAll(
			[4, name],
			[4, type],
			[word, flags],
			[word, address],
			[word, offset],
			[word, size],
			[4, link],
			[4, type === 2 ? 1 : 0],
			[word, type === 1 ? 4 : 1],
			[word, entry],
		);
	section(1, 1, 7, origin, codeAt, bytes.length, 0, 0);
	section(7, 2, 0, 0, symbolsAt, names.length * symbolSize, 3, symbolSize);
	section(15, 3, 0, 0, stringsAt, strings.length, 0, 0);
	section(23, 3, 0, 0, sectionNamesAt, sectionNames.length, 0, 0);
	return out;
}
