/** Marks: where and how an instruction would leave in, one number out that costs a constant where it stands and is unpacked on the way out. */
import { Bug } from "../../base/errors.ts";
import type { Region } from "../../ir/block.ts";
import type { Node, Nodes, Type } from "./nodes.ts";
import { halves } from "./port.ts";

const statusShift = 28;
const bits = (n: number): number => (n < 2 ** 28 ? 32 - Math.clz32(n) : 99);

/** Distance of the address from `base`, instructions to give back, status (0: the header's). */
export class Marks {
	readonly #base: number;
	readonly #distanceBits: number;
	readonly #countBits: number;

	constructor({ blocks }: Region) {
		let base = Number.POSITIVE_INFINITY;
		let top = Number.NEGATIVE_INFINITY;
		let most = 0;
		const see = (pc: number) => {
			base = Math.min(base, pc);
			top = Math.max(top, pc);
		};
		for (const block of blocks) {
			see(block.pc);
			most = Math.max(most, block.count);
			if (block.end.kind === "leave") see(block.end.pc);
			for (const op of block.ops) if (op.op === "insn") see(op.hi * 2 ** 32 + (op.lo >>> 0));
		}
		this.#base = base;
		this.#distanceBits = bits(top - base);
		this.#countBits = bits(most);
		if (this.#distanceBits + this.#countBits > statusShift)
			throw new Bug(`emit/wasm: region from ${base} to ${top} with blocks of ${most} instructions is too big for one function`);
	}

	/** At address `pc`, giving back `count` instructions, with a status or (0) the header's. */
	pack(pc: number, count: number, status: number): number {
		return (pc - this.#base) | (count << this.#distanceBits) | (status << statusShift);
	}
	status(nodes: Nodes, mark: Node): Node {
		return nodes.binary("i32", "shr", mark, nodes.i32(statusShift));
	}
	count(nodes: Nodes, mark: Node): Node {
		return nodes.binary("i32", "and", nodes.binary("i32", "shr", mark, nodes.i32(this.#distanceBits)), nodes.i32(2 ** this.#countBits - 1));
	}
	pc(nodes: Nodes, mark: Node, type: Type): Node {
		const distance = nodes.binary("i32", "and", mark, nodes.i32(2 ** this.#distanceBits - 1));
		return nodes.binary(type, "add", type === "i32" ? distance : nodes.extendU(distance), nodes.number(type, ...halves(this.#base)));
	}
}
