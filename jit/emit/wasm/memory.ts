/** Loads and stores: an op in, statements out. RAM is accessed directly after one range compare; everything else goes through the port. */
import type { DirectRam } from "../../base/port.ts";
import { pageShift } from "../../base/port.ts";
import type { Op } from "../../ir/op.ts";
import { swapNode } from "./bytes.ts";
import { type Node, type Type, typeOf } from "./nodes.ts";
import { halves, portLoad, portStore, ramStore } from "./port.ts";
import type { Values } from "./values.ts";

/** What memory operations need to know of their surroundings. */
export interface MemoryContext {
	/** RAM for accesses to space 0, or null: always the port. */
	readonly ram: DirectRam | null;
	readonly bigEndian: boolean;
	/** Statement that remembers where the instruction under way would leave. */
	readonly mark: () => Node;
	/** Statement that leaves when the node is not 0, or always. */
	readonly leave: (condition: Node | null) => Node;
	/** The status in the header. */
	readonly status: () => Node;
}

/** The address less RAM's base, set into a local by the first use of `tee`. */
function offsetIn(v: Values, ram: DirectRam, address: number, type: Type): { local: number; tee: Node } {
	const { nodes } = v;
	const local = v.frame.scratch(type);
	return { local, tee: nodes.tee(local, ram.base === 0 ? v.use(address) : v.usePlus(address, -ram.base), type) };
}
/** The offset as an index into the shared memory's RAM. */
function index(v: Values, local: number, type: Type): Node {
	const node = v.nodes.get(local, type);
	return type === "i32" ? node : v.nodes.wrap(node);
}
export function emitLoad(v: Values, i: number, op: Op, context: MemoryContext): void {
	const { nodes, frame } = v;
	const bytes = op.w / 8;
	const type = typeOf(op.w);
	const addressType = typeOf(v.ops[op.a]!.w);
	const result = v.isLive(i) ? frame.temporary(type) : -1;
	const take = (node: Node) => (result < 0 ? nodes.drop(node) : nodes.set(result, node));
	const direct = op.lo === 0 && context.ram !== null && context.ram.bytes >= bytes ? context.ram : null;
	const slow = (at: Node) => {
		const call = nodes.call(portLoad(nodes, addressType, bytes, op.lo, op.hi, direct?.base ?? 0), [nodes.get(0, "i32"), at], type);
		return [take(call), context.mark(), context.leave(context.status())];
	};
	if (direct === null) for (const node of slow(v.use(op.a))) frame.emit(node);
	else {
		const { local, tee } = offsetIn(v, direct, op.a, addressType);
		const limit = direct.bytes - bytes;
		const outside = nodes.binary(addressType, "gtu", tee, nodes.number(addressType, ...halves(limit)));
		const apart = nodes.block(null, slow(nodes.get(local, addressType)));
		if (result < 0) frame.emit(nodes.if(outside, apart));
		else {
			const loaded = nodes.load(type, bytes, direct.offset, index(v, local, addressType));
			frame.emit(nodes.if(outside, apart, nodes.set(result, context.bigEndian ? swapNode(nodes, op.w, loaded) : loaded)));
		}
	}
	if (result >= 0) v.placed(i, result);
}

/**
 * Rotating the offset right by log2 of the size makes every misaligned one look out of range: so one compare and one page flag are enough here,
 * and what is misaligned or not plain RAM is sorted out by a helper function.
 */
export function emitStore(v: Values, op: Op, context: MemoryContext, serial: number): void {
	const { nodes, frame } = v;
	const bytes = op.w / 8;
	const type = typeOf(op.w);
	const addressType = typeOf(v.ops[op.a]!.w);
	const { ram } = context;
	const state = nodes.get(0, "i32");
	if (ram === null || op.lo !== 0 || ram.bytes < bytes) {
		const address = v.use(op.a);
		const value = v.use(op.b);
		frame.emit(context.mark());
		frame.emit(context.leave(nodes.call(portStore(nodes, addressType, bytes, op.lo), [state, address, value], "i32")));
		return;
	}
	const value = v.reader(op.b);
	const { local, tee } = offsetIn(v, ram, op.a, addressType);
	const limit = Math.floor((ram.bytes - bytes) / bytes);
	const rotated = bytes === 1 ? tee : nodes.binary(addressType, "rotr", tee, nodes.number(addressType, Math.log2(bytes), 0));
	const outside = nodes.binary(addressType, "gtu", rotated, nodes.number(addressType, ...halves(limit)));
	const page = nodes.binary("i32", "shr", index(v, local, addressType), nodes.i32(pageShift));
	const slow = `s${serial}`;
	const done = `d${serial}`;
	const stored = context.bigEndian ? swapNode(nodes, op.w, value()) : value();
	const fast = nodes.store(type, bytes, ram.offset, index(v, local, addressType), stored);
	const inner = nodes.block(slow, [nodes.br(slow, outside), nodes.br(slow, nodes.load("i32", 1, ram.pageFlags, page)), fast, nodes.br(done)]);
	const helper = ramStore(nodes, addressType, bytes, ram, context.bigEndian);
	const call = nodes.call(helper, [state, nodes.get(local, addressType), value()], "i32");
	frame.emit(nodes.block(done, [inner, context.mark(), context.leave(call)]));
}
