/** Translations of an earlier run as bytes in, what there is for a place of code out; and the bytes for the next run. Whoever keeps the bytes sees to it that they are whole. */

/** A part of RAM, and what stood there. */
export interface KeptSpan {
	readonly page: number;
	readonly from: number;
	readonly bytes: Uint8Array;
}
export interface KeptBlock {
	readonly pc: number;
	readonly context: number;
	/** Guest instructions, and bytes of guest code. */
	readonly count: number;
	readonly bytes: number;
}
/** A unit and what it was made from. */
export interface KeptRegion {
	readonly slot: number;
	readonly entries: readonly number[];
	readonly bytes: number;
	/** In the order of labels. */
	readonly blocks: readonly KeptBlock[];
	readonly spans: readonly KeptSpan[];
	readonly plain: boolean;
	/** Other units may call it directly, and it calls others. */
	readonly callable: boolean;
}
export interface KeptModule {
	readonly code: Uint8Array;
	/** By their numbers in the module. */
	readonly regions: readonly KeptRegion[];
}

export interface Kept {
	/** Keys of places, see `createCallPlaces`; and the first slot that is free. */
	readonly places: readonly string[];
	readonly nextSlot: number;
	/** The modules with a unit that may be entered at this address. */
	at(pc: number, context: number): readonly (readonly [module: KeptModule, number: number])[];
	/** Keeps a module for later runs, unless there are too many. */
	add(module: KeptModule): void;
	/** A module was of use. */
	used(module: KeptModule): void;
	/** What was used, what is new and, as far as there is room, what was there before. */
	bytes(places: readonly string[]): Uint8Array;
	/** Modules of the earlier run, those that were used, those that are new. */
	readonly counts: { readonly known: number; readonly used: number; readonly added: number };
}

const magic = 0x6b_70_64_02;
/** Sum of code and guest bytes that are kept. */
export const mostKeptBytes = 96 << 20;

const sizeOf = ({ code, regions }: KeptModule): number =>
	code.length + regions.reduce((sum, { spans, blocks }) => sum + 64 + 24 * blocks.length + spans.reduce((all, { bytes }) => all + bytes.length, 0), 0);

/** `bytes`: what `Kept.bytes` gave, or null. Anything else is taken for nothing. */
export function createKept(bytes: Uint8Array | null, limit = mostKeptBytes): Kept {
	const before = bytes === null ? nothing : (parse(bytes) ?? nothing);
	const index = new Map<string, [KeptModule, number][]>();
	for (const module of before.modules) {
		module.regions.forEach(({ blocks, entries }, number) => {
			for (const label of entries) {
				const { pc, context } = blocks[label]!;
				const key = `${pc} ${context}`;
				const there = index.get(key);
				// a unit that begins there comes first
				if (!there) index.set(key, [[module, number]]);
				else if (label === 0) there.unshift([module, number]);
				else there.push([module, number]);
			}
		});
	}
	const used = new Set<KeptModule>();
	const added: KeptModule[] = [];
	let size = 0;
	return {
		places: before.places,
		nextSlot: 1 + before.modules.reduce((most, { regions }) => regions.reduce((n, { slot }) => Math.max(n, slot), most), 0),
		at: (pc, context) => index.get(`${pc} ${context}`) ?? [],
		add(module) {
			size += sizeOf(module);
			if (size <= limit) added.push(module);
		},
		used: (module) => void used.add(module),
		bytes(places) {
			const list = [...used, ...added, ...before.modules.filter((module) => !used.has(module))];
			let room = limit;
			return write(
				places,
				list.filter((module) => (room -= sizeOf(module)) >= 0),
			);
		},
		get counts() {
			return { known: before.modules.length, used: used.size, added: added.length };
		},
	};
}

interface Content {
	readonly places: readonly string[];
	readonly modules: readonly KeptModule[];
}
const nothing: Content = { places: [], modules: [] };

/** As numbers and texts; code and guest bytes lie behind, one after the other. */
type Packed = { readonly places: readonly string[]; readonly modules: readonly PackedModule[] };
type PackedModule = readonly [codeBytes: number, regions: readonly PackedRegion[]];
type PackedRegion = readonly [
	slot: number,
	bytes: number,
	flags: number,
	entries: readonly number[],
	blocks: readonly (readonly [pc: number, context: number, count: number, bytes: number])[],
	spans: readonly (readonly [page: number, from: number, bytes: number])[],
];

function write(places: readonly string[], modules: readonly KeptModule[]): Uint8Array {
	const parts: Uint8Array[] = [];
	const packed: Packed = {
		places,
		modules: modules.map(({ code, regions }): PackedModule => {
			parts.push(code);
			return [
				code.length,
				regions.map(({ slot, bytes, plain, callable, entries, blocks, spans }): PackedRegion => {
					for (const span of spans) parts.push(span.bytes);
					return [
						slot,
						bytes,
						(plain ? 1 : 0) | (callable ? 2 : 0),
						entries,
						blocks.map((b) => [b.pc, b.context, b.count, b.bytes] as const),
						spans.map((span) => [span.page, span.from, span.bytes.length] as const),
					];
				}),
			];
		}),
	};
	// numbers, keys of places: ASCII alone
	const text = JSON.stringify(packed);
	const out = new Uint8Array(8 + text.length + parts.reduce((sum, part) => sum + part.length, 0));
	new DataView(out.buffer).setUint32(0, magic);
	new DataView(out.buffer).setUint32(4, text.length);
	for (let i = 0; i < text.length; i++) out[8 + i] = text.charCodeAt(i);
	let at = 8 + text.length;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

/** null: not written by `write`. */
function parse(bytes: Uint8Array): Content | null {
	if (bytes.length < 8) return null;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const end = 8 + view.getUint32(4);
	if (view.getUint32(0) !== magic || end > bytes.length) return null;
	let at = end;
	const take = (count: number): Uint8Array => {
		if (!Number.isInteger(count) || count < 0 || at + count > bytes.length) throw new RangeError("short");
		at += count;
		return bytes.subarray(at - count, at);
	};
	try {
		let text = "";
		for (let i = 8; i < end; i += 8192) text += String.fromCharCode(...bytes.subarray(i, Math.min(end, i + 8192)));
		const { places, modules } = JSON.parse(text) as Packed;
		return {
			places,
			modules: modules.map(([codeBytes, regions]): KeptModule => {
				const code = take(codeBytes);
				return {
					code,
					regions: regions.map(
						([slot, size, flags, entries, blocks, spans]): KeptRegion => ({
							...{ slot, entries, bytes: size, plain: (flags & 1) !== 0, callable: (flags & 2) !== 0 },
							blocks: blocks.map(([pc, context, count, length]) => ({ pc, context, count, bytes: length })),
							spans: spans.map(([page, from, length]) => ({ page, from, bytes: take(length) })),
						}),
					),
				};
			}),
		};
	} catch {
		return null;
	}
}
