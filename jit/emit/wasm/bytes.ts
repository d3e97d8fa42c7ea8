/** Canonical form: nodes of one width in, nodes of another, signed, masked or byte-swapped out. */
import { swapHelper } from "./helpers.ts";
import { type Node, type Nodes, type Type, typeOf } from "./nodes.ts";

export const bitsOf = (type: Type): number => (type === "i32" ? 32 : 64);

/** `a` with the bits above `w` cleared. */
export function maskNode(nodes: Nodes, w: number, a: Node): Node {
	const type = typeOf(w);
	if (w === bitsOf(type)) return a;
	const mask = w < 32 ? nodes.i32((1 << w) - 1) : nodes.i64(-1, (1 << (w - 32)) - 1);
	return nodes.binary(type, "and", a, mask);
}

/** `a` of width `w` sign-extended to its whole Wasm type. */
export function signedNode(nodes: Nodes, w: number, a: Node): Node {
	const type = typeOf(w);
	if (w === bitsOf(type)) return a;
	if (type === "i32" && w === 8) return nodes.unary("i32", "extend8", a);
	if (type === "i32" && w === 16) return nodes.unary("i32", "extend16", a);
	const by = () => nodes.number(type, bitsOf(type) - w, 0);
	return nodes.binary(type, "sar", nodes.binary(type, "shl", a, by()), by());
}

/** `a` of width `from` zero-extended to the type of width `to`, or cut to it (unmasked). */
export function convertNode(nodes: Nodes, from: number, to: number, a: Node): Node {
	if (typeOf(from) === typeOf(to)) return a;
	return to > 32 ? nodes.extendU(a) : nodes.wrap(a);
}

/** `a` of width `from` sign-extended to width `to`. */
export function extendNode(nodes: Nodes, from: number, to: number, a: Node): Node {
	if (to === from) return a;
	if (to > 32 && from <= 32) return maskNode(nodes, to, nodes.extendS(signedNode(nodes, from, a)));
	return maskNode(nodes, to, signedNode(nodes, from, a));
}

/** The w / 8 bytes of `a` reversed. */
export function swapNode(nodes: Nodes, w: number, a: Node): Node {
	if (w <= 8) return a;
	const type = typeOf(w);
	const node = nodes.call(swapHelper(nodes, type), [a], type);
	const spare = bitsOf(type) - w;
	return spare > 0 ? nodes.binary(type, "shr", node, nodes.number(type, spare, 0)) : node;
}
