/** Shifts and rotations: an op in, a node out. Amounts may have any width and value; checks are left out where the amount is provably small. */
import type { Op } from "../../ir/op.ts";
import { upperBound } from "./bound.ts";
import { convertNode, maskNode, signedNode } from "./bytes.ts";
import { type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import type { Operands } from "./operands.ts";

function constantShift(nodes: Nodes, op: Op, a: Node, by: number): Node {
	const { w } = op;
	const type = typeOf(w);
	const amount = (n: number) => nodes.number(type, n, 0);
	if (op.op === "sar") {
		const shifted = nodes.binary(type, "sar", signedNode(nodes, w, a), amount(Math.min(by, w - 1)));
		return maskNode(nodes, w, shifted);
	}
	if (by >= w) return nodes.binary(type, "and", a, amount(0));
	const node = nodes.binary(type, op.op === "shl" ? "shl" : "shr", a, amount(by));
	return op.op === "shl" ? maskNode(nodes, w, node) : node;
}

function variableShift(v: Operands, op: Op, a: Node): Node {
	const { nodes } = v;
	const { w } = op;
	const type = typeOf(w);
	const bits = type === "i32" ? 32 : 64;
	const from = v.ops[op.b]!.w;
	const operation = op.op as "shl" | "shr" | "sar";
	const left = operation === "sar" ? signedNode(nodes, w, a) : a;
	const finish = (n: Node) => (operation === "shr" ? n : maskNode(nodes, w, n));
	if (upperBound(v.ops, op.b) < bits) return finish(nodes.binary(type, operation, left, convertNode(nodes, from, w, v.use(op.b))));
	const amountType: Type = typeOf(from);
	const amount = v.frame.scratch(amountType);
	const tee = nodes.tee(amount, v.use(op.b), amountType);
	const inRange = () => nodes.binary(amountType, "ltu", nodes.get(amount, amountType), nodes.number(amountType, bits, 0));
	if (operation === "sar") {
		const limited = nodes.select(inRange(), tee, nodes.number(amountType, bits - 1, 0));
		return finish(nodes.binary(type, "sar", left, convertNode(nodes, from, w, limited)));
	}
	const shifted = nodes.binary(type, operation, left, convertNode(nodes, from, w, tee));
	return finish(nodes.select(inRange(), shifted, nodes.number(type, 0, 0)));
}

function rotate(v: Operands, op: Op, a: Node): Node {
	const { nodes } = v;
	const { w } = op;
	const type = typeOf(w);
	const from = v.ops[op.b]!.w;
	const operation = op.op as "rotl" | "rotr";
	if (w === 32 || w === 64) return nodes.binary(type, operation, a, convertNode(nodes, from, w, v.use(op.b)));
	const value = v.frame.scratch(type);
	const amount = v.frame.scratch(type);
	const powerOf2 = (w & (w - 1)) === 0;
	const fromType = typeOf(from);
	const raw = v.use(op.b);
	const modulo =
		powerOf2 && from > 32 && w <= 32
			? nodes.binary("i32", "and", nodes.wrap(raw), nodes.i32(w - 1))
			: convertNode(nodes, from, w, nodes.binary(fromType, powerOf2 ? "and" : "remu", raw, nodes.number(fromType, powerOf2 ? w - 1 : w, 0)));
	const forth = operation === "rotl" ? "shl" : "shr";
	const back = operation === "rotl" ? "shr" : "shl";
	const first = nodes.binary(type, forth, nodes.tee(value, a, type), nodes.tee(amount, modulo, type));
	const rest = nodes.binary(type, "sub", nodes.number(type, w, 0), nodes.get(amount, type));
	const second = nodes.binary(type, back, nodes.get(value, type), rest);
	return maskNode(nodes, w, nodes.binary(type, "or", first, second));
}

export function shiftNode(v: Operands, op: Op): Node {
	const a = v.use(op.a);
	if (op.op === "rotl" || op.op === "rotr") return rotate(v, op, a);
	if (v.ops[op.b]!.op !== "const") return variableShift(v, op, a);
	v.use(op.b);
	return constantShift(v.nodes, op, a, upperBound(v.ops, op.b));
}
