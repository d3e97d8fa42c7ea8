/** ELF files (System V ABI, "Object Files"; 32 and 64 bits, both byte orders) in, an image out. */
import { ImageError } from "../../jit/base/errors.ts";
import { decodeText, encodeText } from "../base/bytes.ts";
import { hex } from "../base/hex.ts";
import { type Image, type ImageSymbol, type ImageSymbols, maxSegments, noSymbols, orderSegments, type Segment } from "./image.ts";

const maxName = 4096;
const Type = { relocatable: 1, executable: 2, shared: 3, core: 4 } as const;
const PT_LOAD = 1;
const Section = { symbols: 2, strings: 3, dynamicSymbols: 11 } as const;

/** Offsets of fields, [32 bits, 64 bits]. */
const header = {
	entry: [24, 24],
	phoff: [28, 32],
	shoff: [32, 40],
	flags: [36, 48],
	phentsize: [42, 54],
	phnum: [44, 56],
	shentsize: [46, 58],
	shnum: [48, 60],
} as const;
const program = { offset: [4, 8], vaddr: [8, 16], paddr: [12, 24], filesz: [16, 32], memsz: [20, 40] } as const;
const section = { type: [4, 4], offset: [16, 24], size: [20, 32], link: [24, 40], entsize: [36, 56] } as const;
const symbol = { value: [4, 8], size: [8, 16], info: [12, 4] } as const;
const sizes = { header: [52, 64], program: [32, 56], section: [40, 64], symbol: [16, 24] } as const;

/** Throws `ImageError` for everything that is not a whole, loadable ELF file. Time and memory are bounded by the file's size. */
export function loadElf(file: Uint8Array): Image {
	if (file.length < 20) throw new ImageError(`ELF: the file has ${file.length} bytes, an ELF header takes 52: it is cut short`);
	if (file[0] !== 0x7f || file[1] !== 0x45 || file[2] !== 0x4c || file[3] !== 0x46) throw new ImageError("ELF: byte 0 is not 7f 45 4c 46: this is no ELF file");
	if (file[4] !== 1 && file[4] !== 2) throw new ImageError(`ELF: class at byte 4 is ${file[4]}, expected 1 (32 bits) or 2 (64 bits)`);
	if (file[5] !== 1 && file[5] !== 2) throw new ImageError(`ELF: data encoding at byte 5 is ${file[5]}, expected 1 (little-endian) or 2 (big-endian)`);
	const wide = file[4] - 1;
	const bits = wide ? 64 : 32;
	const little = file[5] === 1;
	const view = new DataView(file.buffer, file.byteOffset, file.length);
	const half = (at: number): number => view.getUint16(at, little);
	const word = (at: number): number => view.getUint32(at, little);
	/** A field as wide as the class; `what` names it in the message when it is 2^53 or more. */
	const long = (at: number, what: string, of = ""): number => {
		if (!wide) return word(at);
		const value = word(little ? at + 4 : at) * 2 ** 32 + word(little ? at : at + 4);
		if (value >= 2 ** 53) throw new ImageError(`ELF: ${what}${of} at byte ${at} is ${hex(value)}, limit ${hex(2 ** 53 - 1)}`);
		return value;
	};
	const inFile = (what: string, offset: number, bytes: number): void => {
		if (offset + bytes > file.length)
			throw new ImageError(`ELF: ${what} at byte ${offset} (${bytes} bytes) ends behind the file (${file.length} bytes): it is cut short`);
	};
	if (file.length < sizes.header[wide]!)
		throw new ImageError(`ELF: the file has ${file.length} bytes, an ELF header takes ${sizes.header[wide]}: it is cut short`);

	const type = half(16);
	if (type === Type.relocatable) throw new ImageError("ELF: type at byte 16 is 1 (relocatable): link it into an executable first");
	if (type !== Type.executable && type !== Type.shared) throw new ImageError(`ELF: type at byte 16 is ${type}, expected 2 (executable) or 3 (shared)`);

	const count = half(header.phnum[wide]!);
	const entry = long(header.entry[wide]!, "entry");
	const table = long(header.phoff[wide]!, "program header offset");
	const entrySize = half(header.phentsize[wide]!);
	if (count === 0) throw new ImageError(`ELF: the program header count at byte ${header.phnum[wide]} is 0: there is nothing to load`);
	if (count > maxSegments) throw new ImageError(`ELF: the program header count at byte ${header.phnum[wide]} is ${count}, limit ${maxSegments}`);
	if (entrySize < sizes.program[wide]!)
		throw new ImageError(`ELF: the program header size at byte ${header.phentsize[wide]} is ${entrySize}, expected ${sizes.program[wide]}`);
	inFile("the program header table", table, count * entrySize);

	const segments: Segment[] = [];
	let physicalEntry = entry;
	for (let i = 0; i < count; i++) {
		const at = table + i * entrySize;
		if (word(at) !== PT_LOAD) continue;
		const field = (name: keyof typeof program): number => long(at + program[name][wide]!, name, " of a program header");
		const [offset, vaddr, address, stored, bytes] = [field("offset"), field("vaddr"), field("paddr"), field("filesz"), field("memsz")];
		if (bytes === 0 && stored === 0) continue;
		if (stored > bytes) throw new ImageError(`ELF: segment ${i} has ${stored} bytes in the file but ${bytes} in memory (byte ${at}): the file is damaged`);
		inFile(`segment ${i}`, offset, stored);
		if (entry >= vaddr && entry < vaddr + bytes) physicalEntry = entry - vaddr + address;
		segments.push({ address, data: file.subarray(offset, offset + stored), bytes, padding: offset === 0 ? paddingOf(stored) : 0 });
	}
	if (segments.length === 0) throw new ImageError(`ELF: none of the ${count} program headers is a loadable segment: there is nothing to load`);
	return {
		format: "ELF",
		entry: physicalEntry,
		segments: orderSegments("ELF", segments, bits),
		symbols: readSymbols(),
		hints: { machine: half(18), bits, endian: little ? "little" : "big", flags: word(header.flags[wide]!) },
	};

	function paddingOf(stored: number): number {
		let end = Math.min(table + count * entrySize, stored);
		while (end < stored && file[end] === 0) end++;
		return end;
	}

	function readSymbols(): ImageSymbols {
		const sections = long(header.shoff[wide]!, "section header offset");
		const total = half(header.shnum[wide]!);
		const step = half(header.shentsize[wide]!);
		if (sections === 0 || total === 0) return noSymbols;
		if (step < sizes.section[wide]!)
			throw new ImageError(`ELF: the section header size at byte ${header.shentsize[wide]} is ${step}, expected ${sizes.section[wide]}`);
		inFile("the section header table", sections, total * step);
		const field = (i: number, name: keyof typeof section): number => {
			const at = sections + i * step + section[name][wide]!;
			return name === "type" || name === "link" ? word(at) : long(at, name, " of a section");
		};
		let found = -1;
		for (let i = 0; i < total; i++) {
			const kind = field(i, "type");
			if (kind === Section.symbols || (kind === Section.dynamicSymbols && found < 0)) found = i;
			if (kind === Section.symbols) break;
		}
		if (found < 0) return noSymbols;
		const [offset, bytes, strings] = [field(found, "offset"), field(found, "size"), field(found, "link")];
		const each = field(found, "entsize");
		if (each < sizes.symbol[wide]!) throw new ImageError(`ELF: symbols of section ${found} take ${each} bytes each, expected ${sizes.symbol[wide]}`);
		inFile(`the symbol table (section ${found})`, offset, bytes);
		if (strings >= total) throw new ImageError(`ELF: the symbol table's names are in section ${strings}, but there are ${total} sections`);
		const [names, namesBytes] = [field(strings, "offset"), field(strings, "size")];
		inFile(`the symbol names (section ${strings})`, names, namesBytes);
		const nameBytes = file.subarray(names, names + namesBytes);
		const size = Math.floor(bytes / each);
		/** As much of 64 bits, read as signed, as a number holds; a symbol is a hint, not worth refusing a file for. */
		const loose = (at: number): number => (wide ? (word(little ? at + 4 : at) | 0) * 2 ** 32 + word(little ? at : at + 4) : word(at));
		const at = (i: number): ImageSymbol => {
			const place = offset + i * each;
			const start = word(place);
			const kind = file[place + symbol.info[wide]!]! & 15;
			return {
				name: start < namesBytes ? decodeText(nameBytes.subarray(start, start + maxName)) : "",
				value: loose(place + symbol.value[wide]!),
				bytes: loose(place + symbol.size[wide]!),
				kind: kind === 2 ? "function" : kind === 1 ? "object" : "other",
			};
		};
		return {
			count: size,
			at,
			find(name) {
				const wanted = encodeText(name);
				next: for (let i = 0; i < size; i++) {
					const start = word(offset + i * each);
					if (start + wanted.length >= namesBytes || nameBytes[start + wanted.length] !== 0) continue;
					for (let k = 0; k < wanted.length; k++) if (nameBytes[start + k] !== wanted[k]) continue next;
					return at(i);
				}
				return null;
			},
		};
	}
}
