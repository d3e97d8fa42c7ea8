/** Functions that a module gets when its code first needs them: a module in, the helper's name out. Rare or long work stays out of line. */
import type { Node, Nodes, Type } from "./nodes.ts";

/** Division as the op table has it: total. Operands extended to the whole type. */
export function divisionHelper(nodes: Nodes, operation: "divs" | "divu" | "rems" | "remu", type: Type): string {
	return nodes.helper(`${operation}_${type}`, (name) => {
		const a = () => nodes.get(0, type);
		const b = () => nodes.get(1, type);
		const ret = (n: Node) => nodes.return(n);
		const isZero = nodes.unary(type, "eqz", b());
		const body: Node[] = [nodes.if(isZero, ret(operation.startsWith("div") ? nodes.number(type, -1, -1) : a()))];
		if (operation === "divs") {
			const minusOne = nodes.binary(type, "eq", b(), nodes.number(type, -1, -1));
			body.push(nodes.if(minusOne, ret(nodes.binary(type, "sub", nodes.number(type, 0, 0), a()))));
		}
		body.push(nodes.binary(type, operation, a(), b()));
		nodes.function(name, [type, type], type, [], nodes.block(null, body, type));
	});
}

/** High half of the product of two i64, from four products of halves (Hacker's Delight 8-2). For w < 64: bits w..2w-1 of the product. */
export function highHelper(nodes: Nodes, operation: "mulhs" | "mulhu" | "mulhsu", w: number): string {
	const type = "i64";
	const b2 = (op: "add" | "mul" | "and" | "or" | "shl" | "shr" | "sar", a: Node, b: Node) => nodes.binary(type, op, a, b);
	const get = (local: number) => nodes.get(local, type);
	const n32 = () => nodes.i64(32, 0);
	const low = (a: Node) => b2("and", a, nodes.i64(-1, 0));
	const shiftA = operation === "mulhu" ? "shr" : "sar";
	const shiftB = operation === "mulhs" ? "sar" : "shr";
	const full = nodes.helper(`${operation}_i64`, (name) => {
		const [a, b, a1, b1, t] = [0, 1, 2, 3, 4];
		const body = [
			nodes.set(a1, b2(shiftA, get(a), n32())),
			nodes.set(b1, b2(shiftB, get(b), n32())),
			nodes.set(a, low(get(a))),
			nodes.set(b, low(get(b))),
			nodes.set(t, b2("add", b2("mul", get(a1), get(b)), b2("shr", b2("mul", get(a), get(b)), n32()))),
			nodes.set(a, b2("add", b2("mul", get(a), get(b1)), low(get(t)))),
			b2("add", b2("add", b2("mul", get(a1), get(b1)), b2(shiftA, get(t), n32())), b2(shiftB, get(a), n32())),
		];
		nodes.function(name, [type, type], type, [type, type, type], nodes.block(null, body, type));
	});
	if (w === 64) return full;
	return nodes.helper(`${operation}_i${w}`, (name) => {
		const high = b2("shl", nodes.call(full, [get(0), get(1)], type), nodes.i64(64 - w, 0));
		nodes.function(name, [type, type], type, [], b2("or", high, b2("shr", b2("mul", get(0), get(1)), nodes.i64(w, 0))));
	});
}

/** Bytes in reverse order. */
export function swapHelper(nodes: Nodes, type: Type): string {
	if (type === "i32")
		return nodes.helper("swap_i32", (name) => {
			const part = (rotation: "rotl" | "rotr", by: number, mask: number) =>
				nodes.binary(type, "and", nodes.binary(type, rotation, nodes.get(0, type), nodes.i32(by)), nodes.i32(mask));
			nodes.function(name, [type], type, [], nodes.binary(type, "or", part("rotl", 8, 0x00ff00ff), part("rotr", 8, 0xff00ff00 | 0)));
		});
	const narrow = swapHelper(nodes, "i32");
	return nodes.helper("swap_i64", (name) => {
		const half = (a: Node) => nodes.extendU(nodes.call(narrow, [nodes.wrap(a)], "i32"));
		const n32 = () => nodes.i64(32, 0);
		const high = nodes.binary(type, "shl", half(nodes.get(0, type)), n32());
		nodes.function(name, [type], type, [], nodes.binary(type, "or", high, half(nodes.binary(type, "shr", nodes.get(0, type), n32()))));
	});
}
