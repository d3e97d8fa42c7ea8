/** Operators of the language: two values in, one value out; static ones are computed, guest ones become ops with checked widths. */
import type { OpName } from "../ir/op.ts";
import { Bits } from "./bits.ts";
import type { Code } from "./code.ts";
import { fail, type Node, type Source } from "./source.ts";
import { describe, Reading, Unusable, type Value } from "./values.ts";

/** Where an error is reported. */
export interface At {
	readonly source: Source;
	readonly node: Node;
}
const refuse = (at: At, problem: string): never => fail(at.source, at.node, problem);

/** No static number is longer than this. */
const mostBits = 4096;

/** A number while it is safe, else a bigint. */
function whole(at: At, value: bigint, wide: boolean): number | bigint {
	if (!wide && value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
	if (value > 1n << BigInt(mostBits) || value < -(1n << BigInt(mostBits))) refuse(at, `a number of more than ${mostBits} bits`);
	return value;
}

export const isNumber = (v: Value): v is number | bigint => typeof v === "number" || typeof v === "bigint";

/** Does a static number fit `w` bits, signed or unsigned? */
export function fits(value: number | bigint, w: number): boolean {
	if (typeof value === "number") return w > 53 || (value >= -(2 ** (w - 1)) && value < 2 ** w);
	const v = BigInt(value);
	return v >= -(1n << BigInt(w - 1)) && v < 1n << BigInt(w);
}

/** A guest value of exactly `w` bits; static numbers take the width. */
export function toBits(code: Code, at: At, value: Value, w: number): Bits {
	if (value instanceof Bits) return value.w === w ? value : refuse(at, `width mismatch: ${w} bits expected, this has ${value.w}; use sext, zext or bits`);
	if (isNumber(value)) return fits(value, w) ? code.constant(value, w) : refuse(at, `${value} does not fit ${w} bits`);
	if (typeof value === "boolean") return w === 1 ? code.constant(value ? 1 : 0, 1) : refuse(at, `width mismatch: ${w} bits expected, this has 1; use zext`);
	if (value instanceof Reading) return refuse(at, "a reading made by s() or u() stands only beside < <= > >= / % * and in mulh()");
	if (value instanceof Unusable) return refuse(at, value.problem);
	return refuse(at, `a value of ${w} bits expected, this is ${describe(value)}`);
}

/** A guest value of its own width; static numbers have none. */
export function ownBits(code: Code, at: At, value: Value): Bits {
	if (value instanceof Bits) return value;
	if (typeof value === "boolean") return code.constant(value ? 1 : 0, 1);
	if (isNumber(value)) return refuse(at, `the static number ${value} has no width here; use constant(${value}, width)`);
	if (value instanceof Reading) return refuse(at, "a reading made by s() or u() stands only beside < <= > >= / % * and in mulh()");
	if (value instanceof Unusable) return refuse(at, value.problem);
	return refuse(at, `a guest value expected, this is ${describe(value)}`);
}

/** A condition: true or false when it is static, else one bit. */
export function condition(at: At, value: Value): boolean | Bits {
	if (value instanceof Bits) {
		if (value.w !== 1) return refuse(at, `a condition is bits(1), this has ${value.w} bits; compare it with something`);
		return value.op === "const" ? value.lo !== 0 : value;
	}
	if (value instanceof Reading) return refuse(at, "a reading is no condition; compare it with something");
	return truth(value);
}
function truth(value: Value): boolean {
	return typeof value === "object" ? value !== null : typeof value === "bigint" ? value !== 0n : Boolean(value);
}

export function unary(code: Code | null, at: At, operator: string, value: Value): Value {
	if (operator === "!") {
		const c = condition(at, value);
		return c instanceof Bits ? (code as Code).pure("not", 1, c) : !c;
	}
	if (operator === "+" && isNumber(value)) return value;
	if (operator === "-" || operator === "~") {
		if (isNumber(value)) return whole(at, operator === "-" ? -BigInt(value) : ~BigInt(value), typeof value === "bigint");
		if (code && (value instanceof Bits || typeof value === "boolean")) {
			const a = ownBits(code, at, value);
			return operator === "~" ? code.pure("not", a.w, a) : code.pure("sub", a.w, code.constant(0, a.w), a);
		}
		return refuse(at, `${operator} takes a number or a guest value, this is ${describe(value)}`);
	}
	return refuse(at, `the operator ${operator} is not part of the language`);
}

export function binary(code: Code | null, at: At, operator: string, a: Value, b: Value): Value {
	if (a instanceof Reading || b instanceof Reading) return onReadings(code as Code, at, operator, a, b);
	if (a instanceof Bits || b instanceof Bits) return onBits(code as Code, at, operator, a, b);
	if (operator === "==" || operator === "===") return same(at, a, b);
	if (operator === "!=" || operator === "!==") return !same(at, a, b);
	if (isNumber(a) && isNumber(b)) return onNumbers(at, operator, a, b);
	if (operator === "+" && (typeof a === "string" || typeof b === "string")) return joined(at, a, b);
	if (typeof a === "string" && typeof b === "string" && (operator === "<" || operator === ">" || operator === "<=" || operator === ">="))
		return order(operator, a, b);
	if (operator === "&" && typeof a === "boolean" && typeof b === "boolean") return a && b;
	if (operator === "|" && typeof a === "boolean" && typeof b === "boolean") return a || b;
	for (const side of [a, b]) if (side instanceof Unusable) return refuse(at, side.problem);
	return refuse(at, `${operator} does not take ${describe(a)} and ${describe(b)}`);
}

/** The text of a static value in a template or beside `+`. */
export function textOf(at: At, value: Value): string {
	if (typeof value === "string") return value;
	if (isNumber(value) || typeof value === "boolean") return String(value);
	return refuse(at, `${describe(value)} cannot be part of a text`);
}
function joined(at: At, a: Value, b: Value): string {
	const text = textOf(at, a) + textOf(at, b);
	return text.length > 65536 ? refuse(at, "a text of more than 65536 characters") : text;
}

function same(at: At, a: Value, b: Value): boolean {
	if (isNumber(a) && isNumber(b)) return typeof a === typeof b ? a === b : BigInt(a) === BigInt(b);
	if (typeof a === "boolean" && isNumber(b)) return BigInt(b) === (a ? 1n : 0n);
	if (typeof b === "boolean" && isNumber(a)) return same(at, b, a);
	return a === b;
}
function order<T extends bigint | string>(operator: string, a: T, b: T): boolean {
	return operator === "<" ? a < b : operator === ">" ? a > b : operator === "<=" ? a <= b : a >= b;
}

function onNumbers(at: At, operator: string, a: number | bigint, b: number | bigint): Value {
	if (typeof a === "number" && typeof b === "number") {
		const quick = operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : Number.NaN;
		if (Number.isSafeInteger(quick)) return quick;
	}
	const wide = typeof a === "bigint" || typeof b === "bigint";
	const x = BigInt(a);
	const y = BigInt(b);
	switch (operator) {
		case "<":
		case ">":
		case "<=":
		case ">=":
			return order(operator, x, y);
		case "+":
			return whole(at, x + y, wide);
		case "-":
			return whole(at, x - y, wide);
		case "*":
			return whole(at, x * y, wide);
		case "/":
		case "%":
			if (y === 0n) return refuse(at, "a static division by 0");
			if (operator === "%") return whole(at, x % y, wide);
			if (!wide && x % y !== 0n) return refuse(at, `${a} / ${b} is not whole; static numbers are whole numbers`);
			return whole(at, x / y, wide);
		case "**":
		case "<<":
			if (y < 0n || y > BigInt(mostBits)) return refuse(at, `${operator} by ${b}; 0 to ${mostBits} expected`);
			if (operator === "**" && x * x > 1n && BigInt(x.toString(2).length - 1) * y > BigInt(mostBits))
				return refuse(at, `a number of more than ${mostBits} bits`);
			return whole(at, operator === "**" ? x ** y : x << y, wide);
		case ">>":
		case ">>>":
			if (y < 0n) return refuse(at, `${operator} by ${b}; 0 or more expected`);
			if (operator === ">>>" && x < 0n) return refuse(at, "a negative static number has no width to shift zeros into; use constant(value, width)");
			return whole(at, y > BigInt(mostBits) ? (x < 0n ? -1n : 0n) : x >> y, wide);
		case "&":
			return whole(at, x & y, wide);
		case "|":
			return whole(at, x | y, wide);
		case "^":
			return whole(at, x ^ y, wide);
	}
	return refuse(at, `the operator ${operator} is not part of the language`);
}

const plainOps: Readonly<Partial<Record<string, OpName>>> = {
	"+": "add",
	"-": "sub",
	"*": "mul",
	"&": "and",
	"|": "or",
	"^": "xor",
	"<<": "shl",
	">>": "sar",
	">>>": "shr",
	"==": "eq",
	"===": "eq",
	"!=": "ne",
	"!==": "ne",
};

function onBits(code: Code, at: At, operator: string, a: Value, b: Value): Bits {
	const op = Object.hasOwn(plainOps, operator) ? plainOps[operator] : undefined;
	if (!op) {
		if (["<", ">", "<=", ">=", "/", "%"].includes(operator)) {
			return refuse(at, `${operator} on plain values does not say whether they are signed; write s(a) ${operator} s(b) or u(a) ${operator} u(b)`);
		}
		return refuse(at, `the operator ${operator} does not take guest values`);
	}
	if (op === "shl" || op === "sar" || op === "shr") {
		const value = ownBits(code, at, a);
		if (isNumber(b)) {
			if (b < 0) return refuse(at, `a shift by ${b}`);
			return code.pure(op, value.w, value, code.constant(b < 65535 ? b : 65535, 16));
		}
		return code.pure(op, value.w, value, ownBits(code, at, b));
	}
	const w = a instanceof Bits ? a.w : (b as Bits).w;
	const width = op === "eq" || op === "ne" ? 1 : w;
	if (a instanceof Bits && b instanceof Bits && a.w !== b.w) return refuse(at, `width mismatch: ${a.w} bits ${operator} ${b.w} bits; use sext, zext or bits`);
	return code.pure(op, width, toBits(code, at, a, w), toBits(code, at, b, w));
}

function onReadings(code: Code, at: At, operator: string, a: Value, b: Value): Value {
	const signed = a instanceof Reading ? a.signed : (b as Reading).signed;
	const x = a instanceof Reading ? a.of : a;
	const y = b instanceof Reading ? b.of : b;
	if (!(x instanceof Bits) && !(y instanceof Bits)) return refuse(at, "a reading of two static numbers; one side has to be a guest value");
	const w = x instanceof Bits ? x.w : (y as Bits).w;
	for (const [side, value] of [
		[a, x],
		[b, y],
	] as const) {
		if (isNumber(value)) {
			const v = BigInt(value);
			if (signed ? BigInt.asIntN(w, v) !== v : BigInt.asUintN(w, v) !== v)
				return refuse(at, `${value} does not fit ${w} ${signed ? "signed" : "unsigned"} bits`);
		} else if (!(side instanceof Reading)) return refuse(at, `both sides of ${operator} need a reading: s(a) ${operator} s(b) or u(a) ${operator} u(b)`);
		else if (side.signed !== signed && operator !== "*") return refuse(at, `a signed and an unsigned reading on the two sides of ${operator}`);
	}
	if (x instanceof Bits && y instanceof Bits && x.w !== y.w) return refuse(at, `width mismatch: ${x.w} bits ${operator} ${y.w} bits; use sext, zext or bits`);
	const l = toBits(code, at, x, w);
	const r = toBits(code, at, y, w);
	switch (operator) {
		case "<":
			return code.pure(signed ? "lts" : "ltu", 1, l, r);
		case ">":
			return code.pure(signed ? "lts" : "ltu", 1, r, l);
		case "<=":
			return code.pure(signed ? "les" : "leu", 1, l, r);
		case ">=":
			return code.pure(signed ? "les" : "leu", 1, r, l);
		case "/":
			return code.pure(signed ? "divs" : "divu", w, l, r);
		case "%":
			return code.pure(signed ? "rems" : "remu", w, l, r);
		case "*": {
			if (w > 32) return refuse(at, `the product of readings is twice as wide, at most 64 bits; these have ${w} bits, use mulh() and *`);
			const wide = (side: Value, v: Bits) => code.pure((side instanceof Reading ? side.signed : signed) ? "sext" : "zext", 2 * w, v);
			return code.pure("mul", 2 * w, wide(a, l), wide(b, r));
		}
	}
	return refuse(at, `a reading made by s() or u() stands only beside < <= > >= / % * and in mulh(), not beside ${operator}`);
}
