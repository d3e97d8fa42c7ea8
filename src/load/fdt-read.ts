/** A flattened device tree from outside in, the tree as data out; and the same with what a machine has to add for its kernel. */
import { ImageError } from "../../jit/base/errors.ts";
import { cells64, type FdtNode, type FdtReservation, type FdtValue, fdtMagic, headerBytes, Token, texts, writeFdt } from "./fdt.ts";

export interface Fdt {
	readonly root: FdtNode;
	readonly reserved: readonly FdtReservation[];
	readonly bootCpu: number;
}

/** A tree deeper than this is refused: readers of it, ours and the guest's, go down by calling themselves. */
const deepest = 64;
/** Nodes and properties in all: real trees have some hundred. */
const mostItems = 65536;
const oldestVersion = 16;
/** Linux takes no larger one. */
const mostBytes = 2 ** 21;

/** Throws `ImageError` when it is not as the Devicetree Specification 0.4, chapter 5, says. Values stay the blob's own bytes. */
export function readFdt(blob: Uint8Array): Fdt {
	const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
	const wrong = (at: number, problem: string): ImageError => new ImageError(`device tree: byte ${at}: ${problem}: is it a *.dtb that dtc made?`);
	if (blob.length < headerBytes) throw wrong(0, `the file ends after ${blob.length} bytes, the header alone has ${headerBytes}`);
	const field = (i: number): number => view.getUint32(4 * i);
	const [magic, total, structureAt, stringsAt, reservedAt, , compatible, bootCpu, stringsBytes, structureBytes] = Array.from({ length: 10 }, (_, i) =>
		field(i),
	) as [number, number, number, number, number, number, number, number, number, number];
	if (magic !== fdtMagic) throw wrong(0, `0x${magic.toString(16)} is not its magic number 0xd00dfeed`);
	if (total > mostBytes) throw wrong(4, `says ${total} bytes, at most ${mostBytes} are taken`);
	if (total > blob.length) throw wrong(4, `says ${total} bytes, the file has ${blob.length}`);
	if (compatible > 17 || field(5) < oldestVersion) throw wrong(20, `version ${field(5)}, compatible with ${compatible}: 16 and 17 are known`);
	// version 16 does not say how long the structure is
	const end = field(5) === oldestVersion ? total : structureAt + structureBytes;
	if (end > total || structureAt % 4 !== 0) throw wrong(8, `the structure at ${structureAt} does not fit into ${total} bytes`);
	if (stringsAt + stringsBytes > total) throw wrong(12, `the strings at ${stringsAt} do not fit into ${total} bytes`);

	const textAt = (at: number, limit: number): string => {
		const zero = blob.subarray(0, limit).indexOf(0, at);
		if (at >= limit || zero < 0) throw wrong(at, "a text has no end");
		const text = String.fromCharCode(...blob.subarray(at, Math.min(zero, at + 256)));
		if (zero - at > 255 || !/^[\x20-\x7e]*$/.test(text)) throw wrong(at, "a name is no plain text of at most 255 characters");
		return text;
	};
	const word = (at: number): number => {
		if (at + 4 > end) throw wrong(at, "the structure ends inside a node");
		return view.getUint32(at);
	};
	const reserved: FdtReservation[] = [];
	for (let at = reservedAt; ; at += 16) {
		if (at + 16 > total || reserved.length > 256) throw wrong(at, "the list of reserved memory has no end");
		const [base, bytes] = [0, 8].map((k) => view.getUint32(at + k) * 2 ** 32 + view.getUint32(at + k + 4)) as [number, number];
		if (base === 0 && bytes === 0) break;
		reserved.push({ base, bytes });
	}
	let items = 0;
	const count = (at: number): void => {
		if (++items > mostItems) throw wrong(at, `more than ${mostItems} nodes and properties`);
	};
	/** The node whose name is at `at`, and where what follows it begins. */
	const node = (start: number, depth: number): [FdtNode, number] => {
		count(start);
		if (depth > deepest) throw wrong(start, `nodes inside nodes, more than ${deepest} deep`);
		const name = textAt(start, end);
		const properties: [string, FdtValue][] = [];
		const children: FdtNode[] = [];
		for (let at = (start + name.length + 4) & ~3; ; ) {
			const token = word(at);
			if (token === Token.nothing) at += 4;
			else if (token === Token.end) return [{ name, properties, children }, at + 4];
			else if (token === Token.begin) {
				const [child, next] = node(at + 4, depth + 1);
				children.push(child);
				at = next;
			} else if (token === Token.property) {
				count(at);
				const length = word(at + 4);
				const name = stringsAt + word(at + 8);
				if (at + 12 + length > end) throw wrong(at + 4, `a value of ${length} bytes does not fit`);
				properties.push([textAt(name, stringsAt + stringsBytes), blob.subarray(at + 12, at + 12 + length)]);
				at = (at + 12 + length + 3) & ~3;
			} else throw wrong(at, `${token} is no part of a node`);
		}
	};
	let at = structureAt;
	while (word(at) === Token.nothing) at += 4;
	if (word(at) !== Token.begin) throw wrong(at, "no node begins here");
	const [root, next] = node(at + 4, 0);
	for (at = next; word(at) === Token.nothing; ) at += 4;
	if (word(at) !== Token.finish) throw wrong(at, "something follows the last node");
	return { root, reserved, bootCpu };
}

/** What a machine says to its kernel in any tree: the command line if there is one, where the first file system lies, and what firmware keeps of RAM. */
export interface FdtAdditions {
	readonly bootArguments: string;
	readonly initrd?: FdtReservation | undefined;
	readonly reserved?: FdtReservation | undefined;
}

/** The blob with `/chosen` and its list of reserved memory amended, everything else as it was. Throws `ImageError`. */
export function amendFdt(blob: Uint8Array, o: FdtAdditions): Uint8Array {
	const { root, reserved, bootCpu } = readFdt(blob);
	const own: FdtNode["properties"] = [
		...(o.bootArguments === "" ? [] : [["bootargs", texts(o.bootArguments)] as const]),
		...(o.initrd
			? ([
					["linux,initrd-start", cells64(o.initrd.base)],
					["linux,initrd-end", cells64(o.initrd.base + o.initrd.bytes)],
				] as const)
			: []),
	];
	const names = new Set(own.map(([name]) => name));
	const chosen = root.children.find((child) => child.name === "chosen") ?? { name: "chosen", properties: [], children: [] };
	const amended: FdtNode = { ...chosen, properties: [...chosen.properties.filter(([name]) => !names.has(name)), ...own] };
	const children = [...root.children.filter((child) => child !== chosen), amended];
	return writeFdt({ ...root, children }, { bootCpu, reserved: [...reserved, ...(o.reserved ? [o.reserved] : [])] });
}
