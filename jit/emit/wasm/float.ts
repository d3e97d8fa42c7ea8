/**
 * Floating-point ops: an op in, statements out that leave its value in a local, and the flags it raised in another where somebody asks for them.
 * Wasm's own arithmetic is used under the conditions of jit/base/float/host.ts; what they do not cover goes through a function of the module, and on to the library.
 */
import { Header } from "../../base/layout.ts";
import { type Op, opInfo } from "../../ir/op.ts";
import { type Fast, fastPath } from "./float-fast.ts";
import { exactFunction } from "./float-functions.ts";
import { packKind } from "./float-import.ts";
import { type AnyType, type FloatType, type Node, type Nodes, type Type, typeOf } from "./nodes.ts";
import type { Values } from "./values.ts";

/** Emits floating-point op `i`; `serial` is a number of its own in this function, `fuses` says what the host does (`hostFuses`). */
export function emitFloat(v: Values, i: number, op: Op, serial: number, fuses: () => boolean): void {
	const { nodes, frame } = v;
	const asked = v.flags.asked[i]! > 0;
	if (!v.isLive(i) && !asked) return;
	const from = v.ops[op.a]!.w;
	const type = typeOf(op.w);
	const before = v.flags.before.get(i);
	const constantMode = op.d >= 0 && v.ops[op.d]!.op === "const" ? v.ops[op.d]!.lo : null;
	const operands = [op.a, op.b, op.c].slice(0, opInfo[op.op].args).map((operand) => v.readers(operand, from === 32 ? "f32" : "f64"));
	const mode = op.d >= 0 ? v.reader(op.d) : () => nodes.i32(0);
	const old = before === undefined ? null : v.reader(before);
	const flags = asked ? frame.temporary("i32") : -1;
	const fast = fastPath({
		nodes,
		frame,
		op,
		from,
		mode: constantMode,
		fuses,
		old: !asked ? () => nodes.i32(1) : (old ?? (() => nodes.i32(0))),
		integers: operands.map(({ bits }) => bits),
		numbers: operands.map(({ number }) => number),
	});
	const resultType: AnyType = fast ? fast.type : type;
	const result = frame.temporary(resultType);
	const slow = (): Node[] => {
		const call = nodes.call(exact(nodes, op, from), [nodes.get(0, "i32"), ...operands.map(({ bits }) => bits()), mode()], type);
		const set = nodes.set(result, resultType === type ? call : nodes.asFloat(resultType as FloatType, call));
		return asked ? [set, nodes.set(flags, nodes.load("i32", 4, Header.flags, nodes.get(0, "i32")))] : [set];
	};
	const known = fast !== null && !(fast.needsInexact && asked && old === null);
	if (!known) for (const node of slow()) frame.emit(node);
	else emitFast(v, fast, result, slow, { serial, asked, flags, mode: constantMode === null ? mode : null, old });
	v.placed(i, result);
	if (asked) v.placedFlags(i, flags);
}

interface Around {
	readonly serial: number;
	readonly asked: boolean;
	readonly flags: number;
	/** null: known to be the right one */
	readonly mode: (() => Node) | null;
	readonly old: (() => Node) | null;
}

function emitFast(v: Values, fast: Fast, result: number, slow: () => Node[], { serial, asked, flags, mode, old }: Around): void {
	const { nodes, frame } = v;
	const away = `f${serial}`;
	const done = `g${serial}`;
	const body: Node[] = [];
	if (fast.needsNearest && mode) body.push(nodes.br(away, nodes.rare(mode())));
	if (fast.needsInexact && asked && old) body.push(nodes.br(away, nodes.rare(nodes.unary("i32", "eqz", nodes.binary("i32", "and", old(), nodes.i32(1))))));
	body.push(
		...fast.before(away),
		nodes.set(result, fast.value()),
		...fast.after(result),
		...fast.conditions(result).map((c) => nodes.br(away, nodes.rare(nodes.unary("i32", "eqz", c)))),
	);
	if (asked) body.push(nodes.set(flags, fast.flags()));
	if (fast.always) for (const node of body) frame.emit(node);
	else frame.emit(nodes.block(done, [nodes.block(away, [...body, nodes.br(done)]), ...slow()]));
}

/** (state, operands, mode) -> value: exact results by Wasm's arithmetic, all else by the library; the flags are in the header afterwards. */
function exact(nodes: Nodes, op: Op, from: number): string {
	const { args } = opInfo[op.op];
	return nodes.helper(`${op.op}_${from}_${op.w}_${op.lo}`, (name) => {
		const operand = typeOf(from);
		const type = typeOf(op.w);
		const get = (n: number): Node => nodes.get(n, operand);
		const mode = (): Node => nodes.get(args + 1, "i32");
		const halves = (n: number): Node[] => {
			if (n > args) return [nodes.i32(0), nodes.i32(0)];
			if (operand === "i32") return [get(n), nodes.i32(0)];
			return [nodes.wrap(get(n)), nodes.wrap(nodes.binary("i64", "shr", get(n), nodes.i64(32, 0)))];
		};
		const state = (): Node => nodes.get(0, "i32");
		const kind = nodes.i32(packKind({ op: op.op, w: op.w, from, lo: op.lo }));
		const words = [state(), kind, ...halves(1), ...halves(2), ...halves(3), mode()];
		const low = nodes.call("float", words, "i32");
		const high = (): Node => nodes.extendU(nodes.load("i32", 4, Header.high, state()));
		const value = type === "i32" ? low : nodes.binary("i64", "or", nodes.extendU(low), nodes.binary("i64", "shl", high(), nodes.i64(32, 0)));
		const tried = exactFunction(nodes, op.op, from, op.w);
		if (tried === null) {
			nodes.function(name, ["i32", ...new Array<Type>(args).fill(operand), "i32"], type, [], value);
			return;
		}
		// binary32 operands and results go as binary64 numbers
		const number = (n: number): Node => (from === 64 ? nodes.asFloat("f64", get(n)) : nodes.convert("promote", nodes.asFloat("f32", get(n))));
		const local = args + 2;
		const r = (): Node => nodes.get(local, "f64");
		const bits = op.w === 64 ? nodes.bits("f64", r()) : nodes.bits("f32", nodes.convert("demote", r()));
		const body = [
			nodes.set(
				local,
				nodes.call(
					tried,
					Array.from({ length: args }, (_, n) => number(n + 1)),
					"f64",
				),
			),
			nodes.br("no", nodes.float("f64", "ne", r(), r())),
			nodes.store("i32", 4, Header.flags, state(), nodes.i32(0)),
			nodes.return(bits),
		];
		const attempt = nodes.block("no", [nodes.br("no", mode()), ...body]);
		nodes.function(name, ["i32", ...new Array<Type>(args).fill(operand), "i32"], type, ["f64"], nodes.block(null, [attempt, value], type));
	});
}
