/** A device tree as data in, a flattened device tree out (Devicetree Specification 0.4, chapter 5). */
import { createByteWriter, encodeText } from "../base/bytes.ts";

/** A node; names and values may be any text without a zero character. Properties come in the order given; so do children. */
export interface FdtNode {
	readonly name: string;
	readonly properties: readonly (readonly [name: string, value: FdtValue])[];
	readonly children: readonly FdtNode[];
}
/** Cells (unsigned 32-bit), texts, raw bytes, or nothing. */
export type FdtValue = { readonly cells: readonly number[] } | { readonly texts: readonly string[] } | Uint8Array | null;

export const cells = (...values: number[]): FdtValue => ({ cells: values });
/** Each number as two cells, high one first. */
export const cells64 = (...values: number[]): FdtValue => ({ cells: values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]) });
export const texts = (...values: string[]): FdtValue => ({ texts: values });

export const Token = { begin: 1, end: 2, property: 3, nothing: 4, finish: 9 } as const;
export const fdtMagic = 0xd00dfeed;
export const headerBytes = 40;

/** RAM that a kernel is to leave alone. */
export interface FdtReservation {
	readonly base: number;
	readonly bytes: number;
}

/** `bootCpu`: the id of the processor that starts; 0 when left out. */
export function writeFdt(root: FdtNode, o: { readonly bootCpu?: number; readonly reserved?: readonly FdtReservation[] } = {}): Uint8Array {
	const ranges = [...(o.reserved ?? []), { base: 0, bytes: 0 }];
	const structure = createByteWriter("big");
	const strings = createByteWriter("big");
	const known = new Map<string, number>();
	const text = (value: string): Uint8Array => Uint8Array.of(...encodeText(value.replaceAll("\0", "")), 0);
	const nameOf = (name: string): number => {
		let at = known.get(name);
		if (at === undefined) {
			at = strings.length;
			known.set(name, at);
			strings.bytes(text(name));
		}
		return at;
	};
	const bytesOf = (value: FdtValue): Uint8Array => {
		if (value === null) return new Uint8Array(0);
		if (value instanceof Uint8Array) return value;
		const out = createByteWriter("big");
		if ("cells" in value) for (const cell of value.cells) out.u32(cell);
		else for (const one of value.texts) out.bytes(text(one));
		return out.finish();
	};
	const write = (node: FdtNode): void => {
		structure.u32(Token.begin);
		structure.bytes(text(node.name));
		structure.align(4);
		for (const [name, value] of node.properties) {
			const bytes = bytesOf(value);
			structure.u32(Token.property);
			structure.u32(bytes.length);
			structure.u32(nameOf(name));
			structure.bytes(bytes);
			structure.align(4);
		}
		for (const child of node.children) write(child);
		structure.u32(Token.end);
	};
	write(root);
	structure.u32(Token.finish);

	const reserved = headerBytes;
	const structureAt = reserved + 16 * ranges.length;
	const stringsAt = structureAt + structure.length;
	const out = createByteWriter("big");
	for (const field of [fdtMagic, stringsAt + strings.length, structureAt, stringsAt, reserved, 17, 16, o.bootCpu ?? 0, strings.length, structure.length])
		out.u32(field);
	for (const { base, bytes } of ranges) {
		out.u64(base);
		out.u64(bytes);
	}
	out.bytes(structure.finish());
	out.bytes(strings.finish());
	return out.finish();
}
