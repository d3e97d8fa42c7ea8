/** Floating-point ops: an op in, statements out that leave its value in a local, and the flags it raised in another where somebody asks for them. */
import { Header } from "../../base/layout.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import { packKind } from "./float-import.ts";
import { type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import type { Values } from "./values.ts";

/** Emits floating-point op `i`. */
export function emitFloat(v: Values, i: number, op: Op): void {
	const { nodes, frame } = v;
	const asked = v.flags.asked[i]! > 0;
	if (!v.isLive(i) && !asked) return;
	const type = typeOf(op.w);
	const result = frame.temporary(type);
	const operands = [op.a, op.b, op.c].slice(0, opInfo[op.op].args).map((operand) => v.use(operand));
	const mode = op.d >= 0 ? v.use(op.d) : nodes.i32(0);
	const before = v.flags.before.get(i);
	if (before !== undefined) frame.emit(nodes.drop(v.use(before)));
	frame.set(result, nodes.call(exact(nodes, op, v.ops[op.a]!.w), [nodes.get(0, "i32"), ...operands, mode], type));
	v.placed(i, result);
	if (!asked) return;
	const flags = frame.temporary("i32");
	frame.set(flags, nodes.load("i32", 4, Header.flags, nodes.get(0, "i32")));
	v.placedFlags(i, flags);
}

/** (state, operands, mode) -> value: by the library, whatever the operands and the mode; the flags are in the header afterwards. */
function exact(nodes: Nodes, op: Op, from: number): string {
	const { args } = opInfo[op.op];
	return nodes.helper(`${op.op}_${from}_${op.w}_${op.lo}`, (name) => {
		nodes.helper("float", (imported) => nodes.import(imported, new Array<Type>(9).fill("i32"), "i32"));
		const operand = typeOf(from);
		const type = typeOf(op.w);
		const get = (n: number): Node => nodes.get(n, operand);
		const halves = (n: number): Node[] => {
			if (n > args) return [nodes.i32(0), nodes.i32(0)];
			if (operand === "i32") return [get(n), nodes.i32(0)];
			return [nodes.wrap(get(n)), nodes.wrap(nodes.binary("i64", "shr", get(n), nodes.i64(32, 0)))];
		};
		const kind = nodes.i32(packKind({ op: op.op, w: op.w, from, lo: op.lo }));
		const words = [nodes.get(0, "i32"), kind, ...halves(1), ...halves(2), ...halves(3), nodes.get(args + 1, "i32")];
		const low = nodes.call("float", words, "i32");
		const high = (): Node => nodes.extendU(nodes.load("i32", 4, Header.high, nodes.get(0, "i32")));
		const body = type === "i32" ? low : nodes.binary("i64", "or", nodes.extendU(low), nodes.binary("i64", "shl", high(), nodes.i64(32, 0)));
		nodes.function(name, ["i32", ...new Array<Type>(args).fill(operand), "i32"], type, [], body);
	});
}
