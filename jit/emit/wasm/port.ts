/** Helper functions of a module that call the memory port: a module in, a name out. They widen halves and fetch results from the header. */
import { Header } from "../../base/layout.ts";
import { Lookup } from "../../base/lookup.ts";
import { Access, type DirectRam, pageShift } from "../../base/port.ts";
import { Status } from "../../base/status.ts";
import { swapNode } from "./bytes.ts";
import type { Node, Nodes, Type } from "./nodes.ts";

/** A guest number below 2^53 in size as signed halves. */
export const halves = (n: number): [lo: number, hi: number] => [n | 0, Math.floor(n / 2 ** 32) | 0];

const lowHalf = (nodes: Nodes, type: Type, local: number): Node => (type === "i32" ? nodes.get(local, type) : nodes.wrap(nodes.get(local, type)));
const high = (nodes: Nodes, type: Type, local: number): Node =>
	type === "i32" ? nodes.i32(0) : nodes.wrap(nodes.binary(type, "shr", nodes.get(local, type), nodes.i64(32, 0)));
const addBase = (nodes: Nodes, type: Type, local: number, base: number): Node[] =>
	base === 0 ? [] : [nodes.set(local, nodes.binary(type, "add", nodes.get(local, type), nodes.number(type, ...halves(base))))];

/** (state, address) -> value. */
export function portLoad(nodes: Nodes, address: Type, bytes: number, space: number, access: number): string {
	return nodes.helper(`load${bytes * 8}_space${space}_access${access}_${address}`, (name) => {
		const state = () => nodes.get(0, "i32");
		const numbers = [bytes, space, access].map((n) => nodes.i32(n));
		const value = nodes.call("load", [state(), lowHalf(nodes, address, 1), high(nodes, address, 1), ...numbers], "i32");
		const type: Type = bytes < 8 ? "i32" : "i64";
		const wide = () => {
			const top = nodes.extendU(nodes.load("i32", 4, Header.high, state()));
			return nodes.binary("i64", "or", nodes.extendU(value), nodes.binary("i64", "shl", top, nodes.i64(32, 0)));
		};
		nodes.function(name, ["i32", address], type, [], bytes < 8 ? value : wide());
	});
}

const callStore = (nodes: Nodes, address: Type, bytes: number, space: number): Node => {
	const type: Type = bytes < 8 ? "i32" : "i64";
	const state = () => nodes.get(0, "i32");
	const operands = [state(), lowHalf(nodes, address, 1), high(nodes, address, 1), nodes.i32(bytes), nodes.i32(space)];
	return nodes.call("store", [...operands, lowHalf(nodes, type, 2), high(nodes, type, 2)], "i32");
};

/** (state, address, value) -> status. */
export function portStore(nodes: Nodes, address: Type, bytes: number, space: number): string {
	return nodes.helper(`store${bytes * 8}_space${space}_${address}`, (name) => {
		nodes.function(name, ["i32", address, bytes < 8 ? "i32" : "i64"], "i32", [], callStore(nodes, address, bytes, space));
	});
}

/** (state, address - base, value) -> status; a misaligned store to RAM pages without flags needs no port. */
export function ramStore(nodes: Nodes, address: Type, bytes: number, ram: DirectRam, bigEndian: boolean): string {
	return nodes.helper(`store${bytes * 8}_ram_${address}`, (name) => {
		const type: Type = bytes < 8 ? "i32" : "i64";
		const limit = halves(ram.bytes - bytes);
		const outside = nodes.binary(address, "gtu", nodes.get(1, address), nodes.number(address, ...limit));
		const flag = (at: Node) => nodes.load("i32", 1, ram.pageFlags, nodes.binary("i32", "shr", at, nodes.i32(pageShift)));
		const last = nodes.binary("i32", "add", lowHalf(nodes, address, 1), nodes.i32(bytes - 1));
		const flags = nodes.binary("i32", "or", flag(lowHalf(nodes, address, 1)), flag(last));
		const value = nodes.get(2, type);
		const store = nodes.store(type, bytes, ram.offset, lowHalf(nodes, address, 1), bigEndian ? swapNode(nodes, bytes * 8, value) : value);
		const direct = nodes.block("port", [nodes.br("port", nodes.rare(outside)), nodes.br("port", nodes.rare(flags)), store, nodes.return(nodes.i32(0))]);
		const body = [direct, ...addBase(nodes, address, 1, ram.base), callStore(nodes, address, bytes, 0)];
		nodes.function(name, ["i32", address, type], "i32", [], nodes.block(null, body, "i32"));
	});
}

/** What the look-up helpers are bound to. */
interface Around {
	readonly ram: DirectRam;
	readonly bigEndian: boolean;
}

/** Where the entry of an address, of which `low` is the low half, lies in the look-up table at `table`. */
export function entryOf(nodes: Nodes, table: Node, low: Node): Node {
	const number = nodes.binary("i32", "shr", low, nodes.i32(pageShift - Lookup.entryShift));
	return nodes.binary("i32", "add", table, nodes.binary("i32", "and", number, nodes.i32((Lookup.entries - 1) << Lookup.entryShift)));
}

/**
 * (state, first byte of a group, page of its last one, address of an access of `bytes` among it that is due) -> 0 when that page has an entry in this half of the table now, and all of the
 * group lies in it; else the interpreter has to take over. No page is looked at but that of the access.
 */
export function findPage(nodes: Nodes, address: Type, bytes: number, half: number): string {
	return nodes.helper(`page${bytes * 8}_half${half}_${address}`, (name) => {
		const state = () => nodes.get(0, "i32");
		const access = half === Lookup.stores ? Access.store : Access.load;
		const page = nodes.binary(address, "and", nodes.get(1, address), nodes.number(address, -(1 << pageShift), -1));
		const ask = nodes.call(portLoad(nodes, address, bytes, 0, access), [state(), nodes.get(3, address)], bytes < 8 ? "i32" : "i64");
		const entry = entryOf(nodes, nodes.load("i32", 4, Header.table, state()), lowHalf(nodes, address, 1));
		const tag = nodes.load(address, address === "i32" ? 4 : 8, half + Lookup.tagLo, entry);
		const body = nodes.block("other", [
			nodes.br("other", nodes.binary(address, "ne", page, nodes.get(2, address))),
			nodes.drop(ask),
			nodes.br("other", nodes.load("i32", 4, Header.status, state())),
			nodes.return(nodes.binary(address, "ne", tag, nodes.get(2, address))),
		]);
		nodes.function(name, ["i32", address, address, address], "i32", [], nodes.block(null, [body, nodes.i32(Status.assist)], "i32"));
	});
}

/** Goes on behind `port` unless the entry of address local 1 is its page's and all of the access lies in that page; `at` is where in RAM then. */
function inPage(nodes: Nodes, address: Type, bytes: number, half: number, entry: number): { tests: Node[]; at: () => Node } {
	const low = () => lowHalf(nodes, address, 1);
	const at = nodes.tee(entry, entryOf(nodes, nodes.load("i32", 4, Header.table, nodes.get(0, "i32")), low()), "i32");
	const tag = nodes.load(address, address === "i32" ? 4 : 8, half + Lookup.tagLo, at);
	const page = nodes.binary(address, "and", nodes.get(1, address), nodes.number(address, -(1 << pageShift), -1));
	const inside = nodes.binary("i32", "and", low(), nodes.i32((1 << pageShift) - 1));
	return {
		tests: [
			nodes.br("port", nodes.binary(address, "ne", tag, page)),
			nodes.br("port", nodes.binary("i32", "gtu", inside, nodes.i32((1 << pageShift) - bytes))),
		],
		at: () => nodes.binary("i32", "add", low(), nodes.load("i32", 4, half + Lookup.addend, nodes.get(entry, "i32"))),
	};
}

/** (state, address) -> value; a misaligned load inside a page that has an entry needs no port. */
export function lookupLoad(nodes: Nodes, address: Type, bytes: number, access: number, half: number, { ram, bigEndian }: Around): string {
	return nodes.helper(`load${bytes * 8}_access${access}_${address}_table`, (name) => {
		const type: Type = bytes < 8 ? "i32" : "i64";
		const state = () => nodes.get(0, "i32");
		const { tests, at } = inPage(nodes, address, bytes, half, 2);
		const loaded = nodes.load(type, bytes, ram.offset, at());
		const direct = [
			nodes.store("i32", 4, Header.status, state(), nodes.i32(Status.next)),
			nodes.return(bigEndian ? swapNode(nodes, bytes * 8, loaded) : loaded),
		];
		const call = nodes.call(portLoad(nodes, address, bytes, 0, access), [state(), nodes.get(1, address)], type);
		nodes.function(name, ["i32", address], type, ["i32"], nodes.block(null, [nodes.block("port", [...tests, ...direct]), call], type));
	});
}

/** (state, address, value) -> status; likewise. */
export function lookupStore(nodes: Nodes, address: Type, bytes: number, { ram, bigEndian }: Around): string {
	return nodes.helper(`store${bytes * 8}_${address}_table`, (name) => {
		const type: Type = bytes < 8 ? "i32" : "i64";
		const { tests, at } = inPage(nodes, address, bytes, Lookup.stores, 3);
		const value = nodes.get(2, type);
		const store = nodes.store(type, bytes, ram.offset, at(), bigEndian ? swapNode(nodes, bytes * 8, value) : value);
		const direct = nodes.block("port", [...tests, store, nodes.return(nodes.i32(Status.next))]);
		nodes.function(name, ["i32", address, type], "i32", ["i32"], nodes.block(null, [direct, callStore(nodes, address, bytes, 0)], "i32"));
	});
}
