/** Pure ops: op and operands in, JavaScript expressions out; 32 and 64 bits in full, the rest by masking or by `evaluate`. */
import { type Op, type OpName, opInfo } from "../../ir/op.ts";
import { evaluateCall, type PureContext } from "./context.ts";
import { flagsName, floatOp } from "./float.ts";
import { pairOp } from "./pair.ts";
import type { Values } from "./values.ts";

/** The mask of a width below 32 as text; nothing to do at 32. */
export function masked(text: string, w: number): string {
	return w === 32 ? `(${text} | 0)` : `(${text} & ${(1 << w) - 1})`;
}

/** A value of width `w` as a signed int32. */
export function signed(text: string, w: number): string {
	return w === 32 ? text : w === 1 ? `(0 - ${text})` : `(${text} << ${32 - w} >> ${32 - w})`;
}

/** Emits the pure op number `i`; its result is defined in `c.values`. */
export function pureOp(c: PureContext, i: number): void {
	const { values } = c;
	const op = values.ops[i]!;
	if (opInfo[op.op].float) {
		floatOp(c, i, op);
		return;
	}
	if (op.op === "const" || !values.used(i)) return;
	if (op.op === "raised") {
		values.narrow(i, `(${values.text(op.b)} | ${flagsName(op.a)})`);
		return;
	}
	if (op.w > 32 || (op.a >= 0 && values.wide(op.a) && op.op !== "select")) {
		pairOp(c, i, op);
		return;
	}
	const compare = comparisons[op.op];
	if (compare) {
		const condition = compare(c, op);
		values.narrow(i, `(${condition} ? 1 : 0)`, condition);
		return;
	}
	if (op.op === "select") {
		const condition = values.condition(op.a);
		values.narrow(i, `(${condition} ? ${values.text(op.b)} : ${values.text(op.c)})`);
		return;
	}
	if (op.w === 1 && op.op === "not") {
		const condition = values.condition(op.a);
		values.narrow(i, `(${condition} ? 0 : 1)`, `!${condition}`);
		return;
	}
	values.narrow(i, narrowOps[op.op]?.(c, op, op.w) ?? other(c, op));
}

/** Any op whose result has at most 32 bits, by calling `evaluate`. */
export function other({ values, need }: PureContext, op: Op): string {
	return `(${evaluateCall(values, need, op)})`;
}

const comparisons: Partial<Record<OpName, (c: PureContext, op: Op) => string>> = {
	eq: ({ values }, op) => (values.constant(op.b) === 0 && values.width(op.a) === 1 ? `!${values.condition(op.a)}` : both(values, op, "===")),
	ne: ({ values }, op) => (values.constant(op.b) === 0 && values.width(op.a) === 1 ? values.condition(op.a) : both(values, op, "!==")),
	lts: (c, op) => ordered(c, op, "<", true),
	ltu: (c, op) => ordered(c, op, "<", false),
	les: (c, op) => ordered(c, op, "<=", true),
	leu: (c, op) => ordered(c, op, "<=", false),
};

function both(values: Values, { a, b }: Op, sign: string): string {
	return `(${values.text(a)} ${sign} ${values.text(b)})`;
}

function ordered({ values }: PureContext, { a, b }: Op, sign: string, isSigned: boolean): string {
	const w = values.width(a);
	const read = (i: number) => {
		const constant = values.constant(i);
		if (constant !== null && !isSigned) {
			values.text(i);
			return `${constant}`;
		}
		const text = values.text(i);
		if (isSigned) return signed(text, w);
		return w === 32 ? `(${text} >>> 0)` : text;
	};
	return `(${read(a)} ${sign} ${read(b)})`;
}

/** A rotation of 8, 16 or 32 bits by an amount modulo the width; JavaScript's shifts take theirs modulo 32. */
function rotate({ values }: PureContext, { a, b }: Op, w: number, left: boolean): string | undefined {
	if (w !== 32 && w !== 16 && w !== 8) return undefined;
	const value = values.name(a);
	const [amount] = values.halves(b);
	const fixed = /^-?\d+$/.test(amount) ? Number(amount) & (w - 1) : null;
	const n = fixed === null ? (w === 32 ? amount : `(${amount} & ${w - 1})`) : `${fixed}`;
	const back = fixed === null ? `${w} - ${n}` : `${w - fixed}`;
	const up = left ? n : back;
	const down = left ? back : n;
	return masked(`((${value} << ${paren(up)}) | (${value} >>> ${paren(down)}))`, w);
}
const paren = (text: string) => (/^\w+$/.test(text) ? text : `(${text})`);

/** The text of a shift amount and whether it is surely below 32. */
function amountOf(values: Values, b: number): { text: string; safe: boolean } {
	if (values.bound(b) < 32) return { text: values.halves(b)[0], safe: true };
	if (!values.wide(b)) return { text: `(${values.name(b)} >>> 0)`, safe: false };
	const [lo, hi] = values.halves(b);
	return { text: `(${hi} === 0 ? ${lo} >>> 0 : 64)`, safe: false };
}

function shift({ values }: PureContext, { a, b }: Op, w: number, how: "<<" | ">>>" | ">>"): string {
	const value = how === ">>" ? signed(values.text(a), w) : values.text(a);
	const { text, safe } = amountOf(values, b);
	// at 32 bits only `>>>` gives a number that is not an int32 yet
	const cut = w === 32 && how !== ">>>" ? (expression: string) => expression : (expression: string) => masked(expression, w);
	if (safe) return cut(`(${value} ${how} ${text})`);
	if (how === ">>") return cut(`(${value} >> Math.min(${text}, 31))`);
	return masked(`(${text} < 32 ? ${value} ${how} ${text} : 0)`, w);
}

const binary =
	(sign: string) =>
	({ values }: PureContext, { a, b }: Op, w: number) =>
		masked(`(${values.text(a)} ${sign} ${values.text(b)})`, w);
/** Results need no mask: no bit appears that no operand has. */
const logic =
	(sign: string) =>
	({ values }: PureContext, { a, b }: Op) =>
		`(${values.text(a)} ${sign} ${values.text(b)})`;
const only32 =
	(helper: string) =>
	({ values, need }: PureContext, { a, b }: Op, w: number): string | undefined =>
		w === 32 ? `${need(helper)}(${values.text(a)}, ${values.text(b)})` : undefined;

const narrowOps: Partial<Record<OpName, (c: PureContext, op: Op, w: number) => string | undefined>> = {
	add: binary("+"),
	sub: binary("-"),
	mul: ({ values }, { a, b }, w) =>
		w === 32 ? `Math.imul(${values.text(a)}, ${values.text(b)})` : masked(`Math.imul(${values.text(a)}, ${values.text(b)})`, w),
	mulhs: only32("mulhs32"),
	mulhu: only32("mulhu32"),
	mulhsu: only32("mulhsu32"),
	divs: only32("divs32"),
	divu: only32("divu32"),
	rems: only32("rems32"),
	remu: only32("remu32"),
	and: logic("&"),
	or: logic("|"),
	xor: logic("^"),
	not: ({ values }, { a }, w) => (w === 32 ? `(~${values.text(a)})` : `(${values.text(a)} ^ ${(1 << w) - 1})`),
	shl: (c, op, w) => shift(c, op, w, "<<"),
	shr: (c, op, w) => shift(c, op, w, ">>>"),
	sar: (c, op, w) => shift(c, op, w, ">>"),
	rotl: (c, op, w) => rotate(c, op, w, true),
	rotr: (c, op, w) => rotate(c, op, w, false),
	sext: ({ values }, { a }, w) => {
		const text = signed(values.text(a), values.width(a));
		return w === 32 ? `(${text})` : masked(text, w);
	},
	zext: ({ values }, { a }) => values.text(a),
	trunc: ({ values }, { a }, w) => (w === values.width(a) ? values.text(a) : masked(values.text(a), w)),
	clz: ({ values }, { a }) => (values.width(a) === 32 ? `Math.clz32(${values.text(a)})` : `(Math.clz32(${values.text(a)}) - ${32 - values.width(a)})`),
	ctz: ({ values, need }, { a }) => (values.width(a) === 32 ? `${need("ctz32")}(${values.text(a)})` : undefined),
	popcount: ({ values, need }, { a }) => `${need("popcount32")}(${values.text(a)})`,
	bswap: ({ values, need }, { a }, w) => (w === 32 ? `${need("bswap32")}(${values.text(a)})` : `(${need("bswap32")}(${values.text(a)}) >>> ${32 - w})`),
};
