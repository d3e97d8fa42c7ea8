/** The operations that the oracle knows, in the order of its table, each with the library's function and a source of operands. */
import { add, convert, div, eq, type FloatOut, fma, fromInt, le, lt, mul, Rounding, sqrt, sub, toInt } from "../../../jit/base/float/float.ts";
import type { Random } from "../../ir/random.ts";
import { type Bits, limit, neighbour, operand, type Width, widths } from "../numbers.ts";

export interface Operation {
	/** its index in the oracle's table */
	readonly index: number;
	readonly name: string;
	/** what is counted together */
	readonly class: string;
	/** bits of the answer that count */
	readonly width: number;
	readonly operands: (r: Random) => [a: Bits, b: Bits, c: Bits];
	/** null: not the library's, but what definitions make of it */
	readonly run: ((out: FloatOut, a: Bits, b: Bits, c: Bits, mode: number) => void) | null;
}

const none: Bits = [0, 0];
const scratch: FloatOut = { lo: 0, hi: 0, flags: 0 };
const bitsOf = (f: (out: FloatOut) => void): Bits => {
	f(scratch);
	return [scratch.lo, scratch.hi];
};
const product = (w: Width, a: Bits, b: Bits): Bits => bitsOf((out) => mul(out, w, a[0], a[1], b[0], b[1], Rounding.nearestEven));

const one = (w: Width) => (r: Random) => [operand(r, w), none, none] as [Bits, Bits, Bits];
const two = (w: Width) => (r: Random) => {
	const a = operand(r, w);
	return [a, neighbour(r, w, a), none] as [Bits, Bits, Bits];
};
const quotient = (w: Width, a: Bits, b: Bits, mode: number): Bits => bitsOf((out) => div(out, w, a[0], a[1], b[0], b[1], mode));
/** The product is often beside the smallest normal or the largest finite number. */
const factors = (w: Width) => (r: Random) => {
	const a = operand(r, w);
	return [a, r.once(3) ? quotient(w, limit(r, w), a, r.below(5)) : neighbour(r, w, a), none] as [Bits, Bits, Bits];
};
/** The dividend is often a multiple of the divisor, or beside one, so that quotients are exact or near ties. */
const dividends = (w: Width) => (r: Random) => {
	const b = operand(r, w);
	if (r.once(4)) return [product(w, b, limit(r, w)), b, none] as [Bits, Bits, Bits];
	return [r.once(2) ? neighbour(r, w, b) : neighbour(r, w, product(w, b, operand(r, w))), b, none] as [Bits, Bits, Bits];
};
/** Often a square, or beside one. */
const squares = (w: Width) => (r: Random) => {
	const a = operand(r, w);
	return [r.once(2) ? a : neighbour(r, w, product(w, a, a)), none, none] as [Bits, Bits, Bits];
};
/** The addend is often near the product, so that the two cancel or nearly tie. */
const addends = (w: Width) => (r: Random) => {
	const [a, b] = factors(w)(r);
	if (r.once(8)) return [a, b, [r.below(3), r.once(2) ? 0 : w === 64 ? -0x80000000 : 0]] as [Bits, Bits, Bits];
	return [a, b, r.once(4) ? operand(r, w) : neighbour(r, w, product(w, a, b))] as [Bits, Bits, Bits];
};
/** Often an integer, or some power of two less of one: near the limits of integers, and halves. */
const integers = (w: Width) => (r: Random) => {
	const [lo, hi] = r.bits(64);
	const a = bitsOf((out) => fromInt(out, w, r.pick([32, 64]), r.once(2), lo, hi, r.below(5)));
	const scale = bitsOf((out) => fromInt(out, w, 32, true, 1 << r.below(8), 0, 0));
	const b = r.once(2) ? a : quotient(w, a, scale, 0);
	return [r.once(3) ? operand(r, w) : r.once(2) ? b : neighbour(r, w, b), none, none] as [Bits, Bits, Bits];
};
/** A number whose bits below the narrower format's last place are all, none or half of them, now and then. */
const narrowed = (from: Width, to: Width) => (r: Random) => {
	if (r.once(3)) return [operand(r, from), none, none] as [Bits, Bits, Bits];
	const n = operand(r, to);
	const a = bitsOf((out) => convert(out, to, from, n[0], n[1], 0));
	const below = from === 64 ? (to === 32 ? 29 : 42) : 13;
	const part = 1 << ((below - 1) % 32);
	const tail: Bits = below > 32 ? [0, part] : [part, 0];
	const low = r.below(3) - 1;
	const x: Bits = r.once(2) ? [(a[0] ^ tail[0]) + low, a[1] ^ tail[1]] : [a[0] + low, a[1]];
	return [[x[0] | 0, from === 64 ? x[1] : 0], none, none] as [Bits, Bits, Bits];
};

type Row = Omit<Operation, "index">;

const integer = [[32, true] as const, [32, false] as const, [64, true] as const, [64, false] as const];
/** `fixed`: the rounding mode of the instruction, whatever the case says. */
const toInteger = (w: Width, bits: number, signed: boolean, fixed: number | null): Row => ({
	name: `toInt${bits}${signed ? "s" : "u"} of ${w}`,
	class: "to integer",
	width: bits,
	operands: integers(w),
	run: (out, a, _b, _c, mode) => toInt(out, w, bits, signed, a[0], a[1], fixed ?? mode),
});
/** What is rounded in one format. */
const rounded = (w: Width, fixed: number | null): Row[] => {
	const binary = (name: string, cls: string, f: typeof add, operands: Row["operands"]): Row => ({
		name: `${name}${w}`,
		class: cls,
		width: w,
		operands,
		run: (out, a, b, _c, mode) => f(out, w, a[0], a[1], b[0], b[1], fixed ?? mode),
	});
	const root: Row["run"] = (out, a, _b, _c, mode) => sqrt(out, w, a[0], a[1], fixed ?? mode);
	const fused: Row["run"] = (out, a, b, c, mode) => fma(out, w, a[0], a[1], b[0], b[1], c[0], c[1], fixed ?? mode);
	return [
		binary("add", "add", add, two(w)),
		binary("sub", "add", sub, two(w)),
		binary("mul", "mul", mul, factors(w)),
		binary("div", "div", div, dividends(w)),
		{ name: `sqrt${w}`, class: "sqrt", width: w, operands: squares(w), run: root },
		{ name: `fma${w}`, class: "fma", width: w, operands: addends(w), run: fused },
	];
};
const arithmetic = (w: Width): Row[] => {
	const compare = (name: string, f: typeof eq, quiet: boolean): Row => ({
		name: `${name}${w}`,
		class: "compare",
		width: 64,
		operands: two(w),
		run: (out, a, b) => f(out, w, a[0], a[1], b[0], b[1], quiet),
	});
	const fromInteger = (bits: number, signed: boolean): Row => ({
		name: `fromInt${bits}${signed ? "s" : "u"} to ${w}`,
		class: "from integer",
		width: w,
		operands: (r) => [r.bits(64), none, none],
		run: (out, a, _b, _c, mode) => fromInt(out, w, bits, signed, a[0], a[1], mode),
	});
	return [
		...rounded(w, null),
		compare("eq", eq, true),
		compare("lt", lt, false),
		compare("le", le, false),
		...integer.map(([bits, signed]) => toInteger(w, bits, signed, null)),
		...integer.map(([bits, signed]) => fromInteger(bits, signed)),
	];
};
const conversion = (from: Width, to: Width): Row => ({
	name: `convert ${from} to ${to}`,
	class: "convert",
	width: to,
	operands: from > to ? narrowed(from, to) : one(from),
	run: (out, a, _b, _c, mode) => convert(out, from, to, a[0], a[1], mode),
});

const others = (w: Width): Row[] => [
	...["min", "max"].map((name): Row => ({ name: `${name}${w}`, class: "min and max", width: w, operands: two(w), run: null })),
	...["", "n", "x"].map((name): Row => ({ name: `sign${name}${w}`, class: "signs and classes", width: w, operands: two(w), run: null })),
	{ name: `class of ${w}`, class: "signs and classes", width: 64, operands: one(w), run: null },
	...integer.map(([bits, signed]) => toInteger(w, bits, signed, Rounding.towardZero)),
	...rounded(w, Rounding.nearestEven),
];

/** In the order of the table in oracle.S. */
export const operations: readonly Operation[] = [
	...widths.flatMap(arithmetic),
	...widths.flatMap((from) => widths.filter((to) => to !== from).map((to) => conversion(from, to))),
	...widths.flatMap(others),
].map((row, index) => ({ ...row, index }));
