/** Loads and stores: an op in, statements out. RAM is accessed directly after one range compare, or one of the look-up table; everything else goes through the port. */
import { Header } from "../../base/layout.ts";
import { Lookup } from "../../base/lookup.ts";
import { type DirectRam, pageShift } from "../../base/port.ts";
import type { Op } from "../../ir/op.ts";
import { convertNode, extendNode, swapNode } from "./bytes.ts";
import { type Group, type Groups, halfOf as halfOfSpace, type Member } from "./groups.ts";
import { type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import { entryOf, findPage, halves, lookupLoad, lookupStore, portLoad, portStore, ramStore } from "./port.ts";
import type { Values } from "./values.ts";

/** What memory operations need to know of their surroundings. */
export interface MemoryContext {
	readonly ram: DirectRam;
	/** The local with the look-up table's offset; -1: accesses to space 0 need no translation. */
	readonly table: number;
	readonly bigEndian: boolean;
	/** The instruction under way has an effect now: registers are set as they are before it. */
	readonly begin: () => void;
	/** Has it had one? Then it cannot be left to the interpreter as a whole. */
	readonly begun: () => boolean;
	/** Statement that remembers where the instruction under way would leave. */
	readonly mark: () => Node;
	/** Statement that leaves, seldom: when the node is not 0. */
	readonly leave: (condition: Node) => Node;
	/** The status in the header. */
	readonly status: () => Node;
	/** Statement that remembers that the interpreter has to take over, at some instruction since which nothing happened that cannot happen again. */
	readonly assist: () => Node;
	/** Accesses that are checked together, by index of the op. */
	readonly groups: Groups;
	/** All accesses are in groups whose checks would pass: none is made. */
	readonly free: boolean;
	/** Where in RAM what a group checked begins: the local with it, for groups whose check is behind. */
	readonly checked: Map<Group, number>;
}

/**
 * The place of a member's group as an index into RAM, in a local; what leads the group makes the check, which leaves the block where it fails: all of it must be RAM, stores
 * aligned, and their two pages without flags.
 */
function checkGroup(v: Values, i: number, group: Group, context: MemoryContext): number {
	let local = context.checked.get(group);
	if (local === undefined) {
		local = group.half >= 0 ? pageOfGroup(v, group, context) : context.free ? startOfGroup(v, group, context) : rangeOfGroup(v, group, context);
		context.checked.set(group, local);
	}
	if (i === group.last) v.frame.release(local);
	return local;
}
/** Without a check. */
function startOfGroup(v: Values, { base, from }: Group, { ram }: MemoryContext): number {
	const local = v.frame.temporary("i32");
	// it lies in RAM: its low half says where
	v.frame.set(local, v.nodes.binary("i32", "add", v.useLow(base), v.nodes.i32((from - ram.base) | 0)));
	return local;
}
/** With one by the range of RAM. */
function rangeOfGroup(v: Values, { base, from, bytes, align, stores }: Group, context: MemoryContext): number {
	const { nodes, frame } = v;
	const { ram } = context;
	// first: it may set registers, which the base may depend on as they were
	frame.emit(context.assist());
	const offset = inRange(v, ram, base, from, bytes, align);
	frame.emit(context.leave(offset.outside));
	const local = frame.temporary("i32");
	frame.set(local, index(v, offset.local, typeOf(v.ops[base]!.w)));
	if (stores) {
		const first = stores.from === from ? frame.get(local) : nodes.binary("i32", "add", frame.get(local), nodes.i32(stores.from - from));
		const flags = stores.end - stores.from > 2 ** align ? 2 : 1;
		frame.emit(context.leave(nodes.load("i32", flags, ram.pageFlags, nodes.binary("i32", "shr", first, nodes.i32(pageShift)))));
	}
	return local;
}
/** Under translation: all of it must lie in one page that has an entry: a page that has none is looked for once, by what its leader is about to do. */
function pageOfGroup(v: Values, group: Group, context: MemoryContext): number {
	const { nodes, frame } = v;
	const { base, from, bytes, half, first } = group;
	const type = typeOf(v.ops[base]!.w);
	const assist = context.assist();
	const start = frame.scratch(type);
	const last = frame.scratch(type);
	const entry = frame.scratch("i32");
	const plus = (node: Node, distance: number): Node => (distance === 0 ? node : nodes.binary(type, "add", node, nodes.number(type, ...halves(distance))));
	frame.set(start, from === 0 ? v.use(base) : v.usePlus(base, from));
	const low = () => index(v, start, type);
	const tag = nodes.load(type, type === "i32" ? 4 : 8, half + Lookup.tagLo, nodes.tee(entry, entryOf(nodes, nodes.get(context.table, "i32"), low()), "i32"));
	// the entry of the first byte never holds the page behind it
	const page = nodes.binary(type, "and", plus(nodes.get(start, type), bytes - 1), nodes.number(type, -(1 << pageShift), -1));
	const other = nodes.binary(type, "ne", tag, nodes.tee(last, page, type));
	const at = plus(nodes.get(start, type), first.distance - from);
	const found = nodes.call(findPage(nodes, type, first.bytes, half), [nodes.get(0, "i32"), nodes.get(start, type), nodes.get(last, type), at], "i32");
	frame.emit(nodes.if(nodes.rare(other), nodes.block(null, [...hold(nodes, group.leader, context), assist, context.leave(found)])));
	const local = frame.temporary("i32");
	frame.set(local, nodes.binary("i32", "add", low(), nodes.load("i32", 4, half + Lookup.addend, nodes.get(entry, "i32"))));
	return local;
}
/** In front of a call of the port for the op at an index: pages that stores go on to use are held. */
function hold(nodes: Nodes, i: number, { checked }: MemoryContext): Node[] {
	const held = [...checked.keys()].some(({ half, last }) => half === Lookup.stores && last > i);
	return held ? [nodes.store("i32", 4, Header.held, nodes.get(0, "i32"), nodes.i32(1))] : [];
}
/** Where a member lies, as an index into RAM and a distance that is not negative. */
function memberPlace(v: Values, i: number, { group, distance, index: extra }: Member, context: MemoryContext): { place: Node; distance: number } {
	const local = checkGroup(v, i, group, context);
	const start = v.nodes.get(local, "i32");
	return { place: extra < 0 ? start : v.nodes.binary("i32", "add", start, v.useLow(extra)), distance: distance - group.from };
}

/**
 * The address plus a number as an offset into RAM, in a local that computing `outside` sets: does what is accessed there, of so many bytes, reach out of RAM, or is it
 * not aligned to 2 to the power `align`? (Rotating right by the alignment makes a misaligned place look out of range.)
 */
function inRange(v: Values, ram: DirectRam, address: number, plus: number, bytes: number, align: number): { local: number; outside: Node } {
	const { nodes } = v;
	const type = typeOf(v.ops[address]!.w);
	const local = v.frame.scratch(type);
	const distance = plus - ram.base;
	const tee = nodes.tee(local, distance === 0 ? v.use(address) : v.usePlus(address, distance), type);
	const number = align === 0 ? tee : nodes.binary(type, "rotr", tee, nodes.number(type, align, 0));
	const limit = Math.floor((ram.bytes - bytes) / 2 ** align);
	return { local, outside: nodes.binary(type, "gtu", number, nodes.number(type, ...halves(limit))) };
}
/** A value of so many bits as it lies in memory, or the other way round. */
const ordered = (context: MemoryContext, nodes: Nodes, w: number, node: Node): Node => (context.bigEndian ? swapNode(nodes, w, node) : node);
/** The offset as an index into the shared memory's RAM. */
function index(v: Values, local: number, type: Type): Node {
	const node = v.nodes.get(local, type);
	return type === "i32" ? node : v.nodes.wrap(node);
}

/** How an access finds its place: by the range of RAM, by a half of the look-up table (-1: none), or by the port alone. */
function halfOf(op: Op, context: MemoryContext): number {
	return context.table < 0 || op.lo !== 0 ? -1 : halfOfSpace(op);
}
/** The entry of an address in the look-up table: whether it is another page's or the access is misaligned; and the address plus the addend. */
function lookUp(v: Values, address: number, bytes: number, half: number, context: MemoryContext) {
	const { nodes, frame } = v;
	const type = typeOf(v.ops[address]!.w);
	const local = frame.scratch(type);
	const entry = frame.scratch("i32");
	const set = nodes.set(local, v.use(address));
	const low = () => index(v, local, type);
	const at = nodes.tee(entry, entryOf(nodes, nodes.get(context.table, "i32"), low()), "i32");
	const tag = nodes.load(type, type === "i32" ? 4 : 8, half + Lookup.tagLo, at);
	const page = nodes.binary(type, "and", nodes.get(local, type), nodes.number(type, -(1 << pageShift) | (bytes - 1), -1));
	const other = nodes.rare(nodes.binary(type, "ne", tag, page));
	const place = () => nodes.binary("i32", "add", low(), nodes.load("i32", 4, half + Lookup.addend, nodes.get(entry, "i32")));
	return { set, other, place, address: () => nodes.get(local, type) };
}

/** The op behind a load that extends its value and is all that uses it, so that the load may do that; or null. */
function extensionOf(v: Values, i: number, context: MemoryContext): Op | null {
	const op = v.ops[i + 1];
	if (context.bigEndian || (op?.op !== "sext" && op?.op !== "zext") || op.a !== i || (op.w !== 32 && op.w !== 64)) return null;
	return v.isOnlyUse(i, i + 1) ? op : null;
}

/** In plain RAM, what lies outside is left to the interpreter. */
export function emitLoad(v: Values, i: number, op: Op, context: MemoryContext): void {
	const { nodes, frame } = v;
	const { ram } = context;
	const bytes = op.w / 8;
	const type = typeOf(op.w);
	const addressType = typeOf(v.ops[op.a]!.w);
	const live = v.isLive(i);
	const extension = live ? extensionOf(v, i, context) : null;
	const made = extension ?? op;
	const isNumber = extension === null && v.isNumber(i) && !context.bigEndian;
	const result = live ? frame.temporary(isNumber ? "f64" : typeOf(made.w)) : -1;
	const put = (node: Node) => (result < 0 ? nodes.drop(node) : nodes.set(result, node));
	const take = (node: Node) => put(isNumber ? nodes.asFloat("f64", node) : node);
	/** From an index into RAM. */
	const load = (at: Node, distance = 0): Node => {
		if (isNumber) return put(nodes.load("f64", bytes, ram.offset + distance, at));
		const loaded = nodes.load(typeOf(made.w), bytes, ram.offset + distance, at, extension?.op === "sext");
		return take(ordered(context, nodes, op.w, loaded));
	};
	const member = context.groups.get(i);
	const half = halfOf(op, context);
	const isDirect = half < 0 && op.lo === 0 && context.table < 0 && ram.bytes >= bytes;
	if (member) {
		const { place, distance } = memberPlace(v, i, member, context);
		frame.emit(load(place, distance));
	} else if (isDirect && !context.begun()) {
		frame.emit(context.assist());
		const { local, outside } = inRange(v, ram, op.a, 0, bytes, 0);
		frame.emit(context.leave(outside));
		if (live) frame.emit(load(index(v, local, addressType)));
	} else {
		context.begin();
		const helper = half < 0 ? portLoad(nodes, addressType, bytes, op.lo, op.hi) : lookupLoad(nodes, addressType, bytes, op.hi, half, context);
		const slow = (at: Node): Node[] => {
			const called = nodes.call(helper, [nodes.get(0, "i32"), at], type);
			const extended = extension?.op === "sext" ? extendNode(nodes, op.w, made.w, called) : convertNode(nodes, op.w, made.w, called);
			return [...hold(nodes, i, context), take(extended), context.mark(), context.leave(context.status())];
		};
		if (isDirect) {
			const { local, outside } = inRange(v, ram, op.a, 0, bytes, 0);
			const address = nodes.binary(addressType, "add", nodes.get(local, addressType), nodes.number(addressType, ...halves(ram.base)));
			frame.emit(nodes.if(nodes.rare(outside), nodes.block(null, slow(address)), live ? load(index(v, local, addressType)) : 0));
		} else if (half < 0) for (const node of slow(v.use(op.a))) frame.emit(node);
		else {
			const { set, other, place, address } = lookUp(v, op.a, bytes, half, context);
			frame.emit(set);
			frame.emit(nodes.if(other, nodes.block(null, slow(address())), live ? load(place()) : 0));
		}
	}
	if (!live) return;
	if (extension) v.forget(i);
	v.placed(extension ? i + 1 : i, result);
}

/** What a store stores, for several reads: its bits, and the statement that puts it at an index into RAM; numbers go as they are. */
function storedBy(v: Values, op: Op, { ram, bigEndian }: MemoryContext): { bits: () => Node; into: (place: Node, distance?: number) => Node } {
	const { nodes } = v;
	const bytes = op.w / 8;
	const { bits, number, type } = v.readers(op.b, "f64");
	const isNumber = (type === "f64" || type === "v128") && op.w === 64 && !bigEndian;
	const value = (): Node => (isNumber ? number() : bigEndian ? swapNode(nodes, op.w, bits()) : bits());
	return { bits, into: (place, distance = 0) => nodes.store(isNumber ? "f64" : typeOf(op.w), bytes, ram.offset + distance, place, value()) };
}

/** One compare and one page flag are enough here; what is misaligned or not plain RAM is sorted out by a helper function. */
export function emitStore(v: Values, i: number, op: Op, context: MemoryContext, serial: number): void {
	const { nodes, frame } = v;
	const bytes = op.w / 8;
	const addressType = typeOf(v.ops[op.a]!.w);
	const { ram } = context;
	const state = nodes.get(0, "i32");
	const slow = `s${serial}`;
	const done = `d${serial}`;
	const member = context.groups.get(i);
	if (member) {
		const { place, distance } = memberPlace(v, i, member, context);
		context.begin();
		frame.emit(storedBy(v, op, context).into(place, distance));
		return;
	}
	context.begin();
	const half = halfOf(op, context);
	if (half >= 0) {
		const value = storedBy(v, op, context);
		const { set, other, place, address } = lookUp(v, op.a, bytes, half, context);
		frame.emit(set);
		const inner = nodes.block(slow, [nodes.br(slow, other), value.into(place()), nodes.br(done)]);
		const call = nodes.call(lookupStore(nodes, addressType, bytes, context), [state, address(), value.bits()], "i32");
		frame.emit(nodes.block(done, [inner, ...hold(nodes, i, context), context.mark(), context.leave(call)]));
		return;
	}
	if (op.lo !== 0 || ram.bytes < bytes) {
		const address = v.use(op.a);
		const value = v.use(op.b);
		frame.emit(context.mark());
		frame.emit(context.leave(nodes.call(portStore(nodes, addressType, bytes, op.lo), [state, address, value], "i32")));
		return;
	}
	const value = storedBy(v, op, context);
	const { local, outside } = inRange(v, ram, op.a, 0, bytes, Math.log2(bytes));
	const page = nodes.binary("i32", "shr", index(v, local, addressType), nodes.i32(pageShift));
	const fast = value.into(index(v, local, addressType));
	const inner = nodes.block(slow, [
		nodes.br(slow, nodes.rare(outside)),
		nodes.br(slow, nodes.rare(nodes.load("i32", 1, ram.pageFlags, page))),
		fast,
		nodes.br(done),
	]);
	const helper = ramStore(nodes, addressType, bytes, ram, context.bigEndian);
	const call = nodes.call(helper, [state, nodes.get(local, addressType), value.bits()], "i32");
	frame.emit(nodes.block(done, [inner, context.mark(), context.leave(call)]));
}
