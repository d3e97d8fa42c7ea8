/** Looking an address up in the jump table: the local that holds it in, statements out that leave what is at its place in another. */
import { Jumps } from "../../base/jumps.ts";
import type { Node, Nodes, Type } from "./nodes.ts";

export interface LookUp {
	/** Offset of the jump table. */
	readonly jumps: number;
	/** Type of addresses. */
	readonly type: Type;
	/** The local with the address. */
	readonly pc: number;
	/** The i32 local that gets the word of its place, 0 where there is none. */
	readonly into: number;
	/** The mode in force. */
	readonly mode: Node;
}

export function lookUpPlace(nodes: Nodes, { jumps, type, pc, into, mode }: LookUp): Node[] {
	const low = (): Node => (type === "i32" ? nodes.get(pc, type) : nodes.wrap(nodes.get(pc, type)));
	const left = nodes.binary("i32", "shl", low(), nodes.i32(Jumps.entryShift - 1));
	const right = nodes.binary("i32", "shr", low(), nodes.i32(Jumps.fold - Jumps.entryShift));
	const mask = nodes.i32((Jumps.entries - 1) << Jumps.entryShift);
	const at = (): Node => nodes.get(into, "i32");
	const address = nodes.load(type, type === "i32" ? 4 : 8, jumps, at());
	const sameMode = nodes.binary("i32", "eq", nodes.load("i32", 4, jumps + Jumps.mode, at()), mode);
	const same = nodes.binary("i32", "and", nodes.binary(type, "eq", address, nodes.get(pc, type)), sameMode);
	const place = nodes.select(same, nodes.load("i32", 4, jumps + Jumps.place, at()), nodes.i32(0));
	return [nodes.set(into, nodes.binary("i32", "and", nodes.binary("i32", "xor", left, right), mask)), nodes.set(into, wordAt(nodes, jumps, place))];
}

/** What is at a place. */
export function wordAt(nodes: Nodes, jumps: number, place: Node): Node {
	return nodes.load("i32", 4, jumps + Jumps.links, nodes.binary("i32", "shl", place, nodes.i32(2)));
}
