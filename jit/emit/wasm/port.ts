/** Helper functions of a module that call the memory port: a module in, a name out. They widen halves and fetch results from the header. */
import { Header } from "../../base/layout.ts";
import { type DirectRam, pageShift } from "../../base/port.ts";
import { swapNode } from "./bytes.ts";
import type { Node, Nodes, Type } from "./nodes.ts";

/** A guest number below 2^53 in size as signed halves. */
export const halves = (n: number): [lo: number, hi: number] => [n | 0, Math.floor(n / 2 ** 32) | 0];

const low = (nodes: Nodes, type: Type, local: number): Node => (type === "i32" ? nodes.get(local, type) : nodes.wrap(nodes.get(local, type)));
const high = (nodes: Nodes, type: Type, local: number): Node =>
	type === "i32" ? nodes.i32(0) : nodes.wrap(nodes.binary(type, "shr", nodes.get(local, type), nodes.i64(32, 0)));
const addBase = (nodes: Nodes, type: Type, local: number, base: number): Node[] =>
	base === 0 ? [] : [nodes.set(local, nodes.binary(type, "add", nodes.get(local, type), nodes.number(type, ...halves(base))))];

/** (state, address - base) -> value. */
export function portLoad(nodes: Nodes, address: Type, bytes: number, space: number, access: number, base: number): string {
	return nodes.helper(`load${bytes * 8}_space${space}_access${access}_${address}${base === 0 ? "" : "_ram"}`, (name) => {
		const state = () => nodes.get(0, "i32");
		const before = addBase(nodes, address, 1, base);
		const numbers = [bytes, space, access].map((n) => nodes.i32(n));
		const value = nodes.call("load", [state(), low(nodes, address, 1), high(nodes, address, 1), ...numbers], "i32");
		const type: Type = bytes < 8 ? "i32" : "i64";
		const wide = () => {
			const top = nodes.extendU(nodes.load("i32", 4, Header.high, state()));
			return nodes.binary("i64", "or", nodes.extendU(value), nodes.binary("i64", "shl", top, nodes.i64(32, 0)));
		};
		nodes.function(name, ["i32", address], type, [], nodes.block(null, [...before, bytes < 8 ? value : wide()], type));
	});
}

const callStore = (nodes: Nodes, address: Type, bytes: number, space: number): Node[] => {
	const type: Type = bytes < 8 ? "i32" : "i64";
	const state = () => nodes.get(0, "i32");
	const operands = [state(), low(nodes, address, 1), high(nodes, address, 1), nodes.i32(bytes), nodes.i32(space)];
	const call = nodes.call("store", [...operands, low(nodes, type, 2), high(nodes, type, 2)], null);
	return [call, nodes.load("i32", 4, Header.status, state())];
};

/** (state, address, value) -> status. */
export function portStore(nodes: Nodes, address: Type, bytes: number, space: number): string {
	return nodes.helper(`store${bytes * 8}_space${space}_${address}`, (name) => {
		const body = nodes.block(null, callStore(nodes, address, bytes, space), "i32");
		nodes.function(name, ["i32", address, bytes < 8 ? "i32" : "i64"], "i32", [], body);
	});
}

/** (state, address - base, value) -> status; a misaligned store to RAM pages without flags needs no port. */
export function ramStore(nodes: Nodes, address: Type, bytes: number, ram: DirectRam, bigEndian: boolean): string {
	return nodes.helper(`store${bytes * 8}_ram_${address}`, (name) => {
		const type: Type = bytes < 8 ? "i32" : "i64";
		const limit = halves(ram.bytes - bytes);
		const outside = nodes.binary(address, "gtu", nodes.get(1, address), nodes.number(address, ...limit));
		const flag = (at: Node) => nodes.load("i32", 1, ram.pageFlags, nodes.binary("i32", "shr", at, nodes.i32(pageShift)));
		const last = nodes.binary("i32", "add", low(nodes, address, 1), nodes.i32(bytes - 1));
		const flags = nodes.binary("i32", "or", flag(low(nodes, address, 1)), flag(last));
		const value = nodes.get(2, type);
		const store = nodes.store(type, bytes, ram.offset, low(nodes, address, 1), bigEndian ? swapNode(nodes, bytes * 8, value) : value);
		const direct = nodes.block("port", [nodes.br("port", outside), nodes.br("port", flags), store, nodes.return(nodes.i32(0))]);
		const body = [direct, ...addBase(nodes, address, 1, ram.base), ...callStore(nodes, address, bytes, 0)];
		nodes.function(name, ["i32", address, type], "i32", [], nodes.block(null, body, "i32"));
	});
}
