/** Pure operations: an op and its operands in, a node out. Values of at most 32 bits are i32, wider ones i64; bits above the width are 0. */
import { Bug } from "../../base/errors.ts";
import type { Op } from "../../ir/op.ts";
import { bitsOf, convertNode, extendNode, maskNode, signedNode, swapNode } from "./bytes.ts";
import { divisionHelper, highHelper } from "./helpers.ts";
import { type Node, typeOf } from "./nodes.ts";
import type { Operands } from "./operands.ts";
import type { Operation } from "./operations.ts";
import { shiftNode } from "./shift.ts";

function compare(v: Operands, op: Op, operation: Operation): Node {
	const { nodes } = v;
	const w = v.ops[op.a]!.w;
	const signed = op.op === "lts" || op.op === "les";
	const a = v.use(op.a);
	const b = v.use(op.b);
	return nodes.binary(typeOf(w), operation, signed ? signedNode(nodes, w, a) : a, signed ? signedNode(nodes, w, b) : b);
}

/** High half of a product. */
function high(v: Operands, op: Op, operation: "mulhs" | "mulhu" | "mulhsu"): Node {
	const { nodes } = v;
	const { w } = op;
	const signedA = operation !== "mulhu";
	const signedB = operation === "mulhs";
	const a = signedA ? signedNode(nodes, w, v.use(op.a)) : v.use(op.a);
	const b = signedB ? signedNode(nodes, w, v.use(op.b)) : v.use(op.b);
	if (w > 32) return maskNode(nodes, w, nodes.call(highHelper(nodes, operation, w), [a, b], "i64"));
	const wide = (n: Node, signed: boolean) => (signed ? nodes.extendS(n) : nodes.extendU(n));
	const product = nodes.binary("i64", "mul", wide(a, signedA), wide(b, signedB));
	return maskNode(nodes, w, nodes.wrap(nodes.binary("i64", "shr", product, nodes.i64(w, 0))));
}

const divisions = { divs: "divs", divu: "divu", rems: "rems", remu: "remu" } as const;

/** Total division: inline when the divisor is a constant that cannot trap, else through a helper function. */
function divide(v: Operands, op: Op, operation: keyof typeof divisions): Node {
	const { nodes } = v;
	const { w } = op;
	const type = typeOf(w);
	const signed = operation === "divs" || operation === "rems";
	const divisor = v.ops[op.b]!;
	const top = w <= 32 ? (divisor.lo << (32 - w)) >> (32 - w) : divisor.hi;
	const plain = divisor.op === "const" && (divisor.lo !== 0 || divisor.hi !== 0) && !(signed && top < 0);
	const a = signed ? signedNode(nodes, w, v.use(op.a)) : v.use(op.a);
	const b = signed ? signedNode(nodes, w, v.use(op.b)) : v.use(op.b);
	const node = plain ? nodes.binary(type, operation, a, b) : nodes.call(divisionHelper(nodes, operation, type), [a, b], type);
	return signed || !plain ? maskNode(nodes, w, node) : node;
}

function countZeros(v: Operands, op: Op): Node {
	const { nodes } = v;
	const from = v.ops[op.a]!.w;
	const type = typeOf(from);
	const spare = bitsOf(type) - from;
	const a = v.use(op.a);
	let node: Node;
	if (op.op === "clz") {
		node = nodes.unary(type, "clz", a);
		if (spare > 0) node = nodes.binary(type, "sub", node, nodes.number(type, spare, 0));
	} else {
		const stop = () => nodes.number(type, from < 32 ? 1 << from : 0, from < 32 ? 0 : 1 << (from - 32));
		node = nodes.unary(type, "ctz", spare > 0 ? nodes.binary(type, "or", a, stop()) : a);
	}
	const converted = convertNode(nodes, from, op.w, node);
	return op.w >= from ? converted : maskNode(nodes, op.w, converted);
}

function swap(v: Operands, op: Op): Node {
	return swapNode(v.nodes, op.w, v.use(op.a));
}
/** The node of a pure op; takes one use of each operand. */
export function pureNode(v: Operands, op: Op): Node {
	const { nodes } = v;
	const { w } = op;
	const type = typeOf(w);
	const binary = (operation: Operation): Node => {
		const a = v.use(op.a);
		return nodes.binary(type, operation, a, v.use(op.b));
	};
	switch (op.op) {
		case "const":
			return nodes.number(type, op.lo, op.hi);
		case "add":
		case "sub":
		case "mul":
			return maskNode(nodes, w, binary(op.op));
		case "and":
		case "or":
		case "xor":
			return binary(op.op);
		case "not":
			return maskNode(nodes, w, nodes.binary(type, "xor", v.use(op.a), nodes.number(type, -1, -1)));
		case "mulhs":
		case "mulhu":
		case "mulhsu":
			return high(v, op, op.op);
		case "divs":
		case "divu":
		case "rems":
		case "remu":
			return divide(v, op, op.op);
		case "shl":
		case "shr":
		case "sar":
		case "rotl":
		case "rotr":
			return shiftNode(v, op);
		case "eq":
		case "ne":
		case "lts":
		case "ltu":
		case "les":
		case "leu":
			return compare(v, op, op.op);
		case "sext":
			return extendNode(nodes, v.ops[op.a]!.w, w, v.use(op.a));
		case "zext":
			return convertNode(nodes, v.ops[op.a]!.w, w, v.use(op.a));
		case "trunc": {
			const from = v.ops[op.a]!.w;
			const a = convertNode(nodes, from, w, v.use(op.a));
			return from === w ? a : maskNode(nodes, w, a);
		}
		case "select": {
			const condition = v.use(op.a);
			const ifTrue = v.use(op.b);
			return nodes.select(condition, ifTrue, v.use(op.c));
		}
		case "clz":
		case "ctz":
			return countZeros(v, op);
		case "popcount": {
			const from = v.ops[op.a]!.w;
			const count = convertNode(nodes, from, w, nodes.unary(typeOf(from), "popcnt", v.use(op.a)));
			return w >= from ? count : maskNode(nodes, w, count);
		}
		case "bswap":
			return swap(v, op);
		case "raised": {
			const old = v.use(op.b);
			return nodes.binary("i32", "or", old, v.raised(op.a));
		}
		default:
			throw new Bug(`emit/wasm: ${op.op} is not a pure op`);
	}
}
