/** Segments and symbols in, the bytes of a small ELF file out: what the loader's tests take apart. */

export interface MadeSegment {
	readonly address: number;
	readonly data: Uint8Array;
	readonly bytes?: number;
}

export interface ElfOptions {
	readonly bits?: 32 | 64;
	readonly endian?: "little" | "big";
	readonly type?: number;
	readonly machine?: number;
	readonly entry?: number;
	readonly segments: readonly MadeSegment[];
	readonly symbols?: readonly { readonly name: string; readonly value: number }[];
}

/** Layout: header, program headers, segments' data, symbols, names, section headers (null, symbols, names). */
export function makeElf(o: ElfOptions): Uint8Array {
	const wide = (o.bits ?? 64) === 64;
	const little = (o.endian ?? "little") === "little";
	const [ehsize, phsize, shsize, symsize] = wide ? [64, 56, 64, 24] : [52, 32, 40, 16];
	const encoder = new TextEncoder();
	const names: number[] = [0];
	const symbols = (o.symbols ?? []).map(({ name, value }) => {
		const at = names.length;
		names.push(...encoder.encode(name), 0);
		return { at, value };
	});
	const dataAt = ehsize + phsize * o.segments.length;
	const dataBytes = o.segments.reduce((sum, s) => sum + s.data.length, 0);
	const symbolsAt = dataAt + dataBytes;
	const namesAt = symbolsAt + symsize * (symbols.length + 1);
	const sectionsAt = namesAt + names.length;
	const out = new Uint8Array(sectionsAt + 3 * shsize);
	const view = new DataView(out.buffer);
	const half = (at: number, v: number) => view.setUint16(at, v, little);
	const word = (at: number, v: number) => view.setUint32(at, v, little);
	const long = (at: number, v: number) => {
		if (!wide) return word(at, v);
		word(little ? at : at + 4, v % 2 ** 32);
		word(little ? at + 4 : at, Math.floor(v / 2 ** 32));
	};
	out.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
	half(16, o.type ?? 2);
	half(18, o.machine ?? 243);
	word(20, 1);
	long(24, o.entry ?? o.segments[0]?.address ?? 0);
	long(wide ? 32 : 28, ehsize);
	long(wide ? 40 : 32, sectionsAt);
	const rest = wide ? 48 : 36;
	for (const [i, v] of [ehsize, phsize, o.segments.length, shsize, 3, 0].entries()) half(rest + 4 + 2 * i, v);
	let at = dataAt;
	o.segments.forEach((segment, i) => {
		const p = ehsize + i * phsize;
		word(p, 1);
		const fields = [at, segment.address, segment.address, segment.data.length, segment.bytes ?? segment.data.length];
		for (const [k, v] of fields.entries()) long(p + (wide ? 8 + 8 * k : 4 + 4 * k), v);
		out.set(segment.data, at);
		at += segment.data.length;
	});
	symbols.forEach(({ at: name, value }, i) => {
		const s = symbolsAt + symsize * (i + 1);
		word(s, name);
		long(s + (wide ? 8 : 4), value);
	});
	out.set(names, namesAt);
	const section = (i: number, type: number, offset: number, size: number, link: number, each: number) => {
		const s = sectionsAt + i * shsize;
		word(s + 4, type);
		long(s + (wide ? 24 : 16), offset);
		long(s + (wide ? 32 : 20), size);
		word(s + (wide ? 40 : 24), link);
		long(s + (wide ? 56 : 36), each);
	};
	section(1, 2, symbolsAt, symsize * (symbols.length + 1), 2, symsize);
	section(2, 3, namesAt, names.length, 0, 0);
	return out;
}
