/** Pure ops that make or take values of more than 32 bits: halves in, halves out; 64 bits inline where that is short, else helpers. */
import type { Op, OpName } from "../../ir/op.ts";
import { evaluateCall, type PureContext } from "./context.ts";

/** Emits op number `i`, whose result or first operand is wider than 32 bits. */
export function pairOp(c: PureContext, i: number, op: Op): void {
	const { values } = c;
	const w = values.width(op.a);
	const compare = compares[op.op];
	if (compare) {
		// signed readings of 33..63 bits need their sign first; they are rare
		if (w < 64 && (op.op === "lts" || op.op === "les")) {
			values.narrow(i, `(${evaluateCall(values, c.need, op)})`);
			return;
		}
		const condition = compare(values.halves(op.a), values.halves(op.b), values.constant(op.b) === 0);
		values.narrow(i, `(${condition} ? 1 : 0)`, condition);
		return;
	}
	const emit = converts[op.op] ?? (op.w === 64 ? full[op.op] : undefined) ?? anyWidth[op.op];
	if (emit?.(c, i, op)) return;
	if (op.w <= 32) {
		values.narrow(i, `(${evaluateCall(values, c.need, op)})`);
		return;
	}
	c.line(`const v${i}_lo = ${evaluateCall(values, c.need, op)}, v${i}_hi = ${c.need("out")}[0];`);
	values.own(i);
}

type Pair = readonly [lo: string, hi: string];

const equal = ([al, ah]: Pair, [bl, bh]: Pair, zero: boolean) => (zero ? `((${al} | ${ah}) === 0)` : `(${al} === ${bl} && ${ah} === ${bh})`);
const less = ([al, ah]: Pair, [bl, bh]: Pair) => `(${ah} < ${bh} || (${ah} === ${bh} && ${al} >>> 0 < ${bl} >>> 0))`;
const below = ([al, ah]: Pair, [bl, bh]: Pair) => `(${ah} >>> 0 < ${bh} >>> 0 || (${ah} === ${bh} && ${al} >>> 0 < ${bl} >>> 0))`;

const compares: Partial<Record<OpName, (a: Pair, b: Pair, zero: boolean) => string>> = {
	eq: equal,
	ne: (a, b, zero) => (zero ? `((${a[0]} | ${a[1]}) !== 0)` : `!${equal(a, b, false)}`),
	lts: (a, b, zero) => (zero ? `(${a[1]} < 0)` : less(a, b)),
	ltu: below,
	les: (a, b) => `!${less(b, a)}`,
	leu: (a, b) => `!${below(b, a)}`,
};

/** True: emitted. */
type Emit = (c: PureContext, i: number, op: Op) => boolean;

/** The high half of a value `w` bits wide. */
const mask = (text: string, w: number) => (w === 64 ? text : `((${text}) & ${(1 << (w - 32)) - 1})`);

/** Half of a logic operation; halves of immediates are often all zeros or all ones. */
function bitwise(a: string, sign: string, b: string): string {
	if (sign === "&") return b === "0" || a === "0" ? "0" : b === "-1" ? a : `${a} & ${b}`;
	return b === "0" ? a : `${a} ${sign} ${b}`;
}

const logic =
	(sign: string): Emit =>
	({ values }, i, { a, b }) => {
		const [al, ah] = values.halves(a);
		const [bl, bh] = values.halves(b);
		values.pair(i, bitwise(al, sign, bl), bitwise(ah, sign, bh));
		return true;
	};

/** At every width above 32. */
const anyWidth: Partial<Record<OpName, Emit>> = {
	and: logic("&"),
	or: logic("|"),
	xor: logic("^"),
	not: ({ values }, i, { a, w }) => {
		const [lo, hi] = values.halves(a);
		values.pair(i, `~${lo}`, mask(`~${hi}`, w));
		return true;
	},
	add: ({ values, line }, i, { a, b, w }) => {
		const [al, ah] = values.halves(a);
		const [bl, bh] = values.halves(b);
		// the low sum is smaller than an operand exactly when it wrapped; a constant operand makes the comparison cheaper
		const sum = `v${i}_lo`;
		const high = /^0$/.test(bh) ? ah : /^0$/.test(ah) ? bh : `${ah} + ${bh}`;
		line(`const ${sum} = (${al} + ${bl}) | 0, v${i}_hi = ${mask(`(${high} + (${sum} >>> 0 < ${unsigned(bl)} ? 1 : 0)) | 0`, w)};`);
		values.own(i);
		return true;
	},
	sub: ({ values, line }, i, { a, b, w }) => {
		const [al, ah] = values.halves(a);
		const [bl, bh] = values.halves(b);
		line(`const v${i}_lo = (${al} - ${bl}) | 0, v${i}_hi = ${mask(`(${ah} - ${bh} - (${al} >>> 0 < ${unsigned(bl)} ? 1 : 0)) | 0`, w)};`);
		values.own(i);
		return true;
	},
	select: ({ values, line }, i, { a, b, c }) => {
		const condition = values.condition(a);
		const [bl, bh] = values.halves(b);
		const [cl, ch] = values.halves(c);
		line(`const c${i} = ${condition};`);
		values.pair(i, `(c${i} ? ${bl} : ${cl})`, `(c${i} ? ${bh} : ${ch})`);
		return true;
	},
};

function unsigned(text: string): string {
	return /^-?\d+$/.test(text) ? `${Number(text) >>> 0}` : `${text} >>> 0`;
}

/** Into, out of and among wide values. */
const converts: Partial<Record<OpName, Emit>> = {
	zext: ({ values }, i, { a }) => {
		const [lo, hi] = values.halves(a);
		values.pair(i, lo, hi);
		return true;
	},
	trunc: ({ values }, i, { a, w }) => {
		const [lo, hi] = values.halves(a);
		if (w > 32) values.pair(i, lo, w === values.width(a) ? hi : mask(hi, w));
		else values.narrow(i, w === 32 ? lo : `(${lo} & ${(1 << w) - 1})`);
		return true;
	},
	sext: ({ values, line }, i, { a, w }) => {
		const from = values.width(a);
		if (from > 32) {
			const [lo, hi] = values.halves(a);
			values.pair(i, lo, from === w ? hi : mask(`(${hi} << ${64 - from} >> ${64 - from})`, w));
			return true;
		}
		if (from === 32) {
			const lo = values.name(a);
			values.pair(i, lo, mask(`${lo} >> 31`, w));
			return true;
		}
		const text = values.text(a);
		line(`const v${i}_lo = ${from === 1 ? `0 - ${text}` : `${text} << ${32 - from} >> ${32 - from}`};`);
		line(`const v${i}_hi = ${mask(`v${i}_lo >> 31`, w)};`);
		values.own(i);
		return true;
	},
};

/** A helper that gives the low half and leaves the high one in `out[0]`. */
const helper =
	(name: string): Emit =>
	({ values, need, line }, i, { a, b }) => {
		const operands = [...values.halves(a), ...values.halves(b)].join(", ");
		line(`const v${i}_lo = ${need(name)}(${need("out")}, ${operands}), v${i}_hi = ${need("out")}[0];`);
		values.own(i);
		return true;
	};

/** By a known amount: text; else a helper with an amount that is exact below 64 and at least 64 otherwise. */
const shift =
	(name: "shl" | "shr" | "sar", known: (lo: string, hi: string, n: number) => Pair): Emit =>
	({ values, need, line }, i, { a, b }) => {
		const n = values.constant(b);
		const [lo, hi] = values.halves(a);
		if (n !== null) {
			values.halves(b);
			const [l, h] = n === 0 ? [lo, hi] : known(lo, hi, n);
			values.pair(i, l, h);
			return true;
		}
		const safe = values.bound(b) < 2 ** 31;
		const [bl, bh] = values.halves(b);
		const amount = safe ? bl : bh === "0" ? `${bl} >>> 0` : `${bh} === 0 ? ${bl} >>> 0 : 64`;
		line(`const v${i}_lo = ${need(name)}(${need("out")}, ${lo}, ${hi}, ${amount}), v${i}_hi = ${need("out")}[0];`);
		values.own(i);
		return true;
	};

const rotate =
	(name: "rotl" | "rotr"): Emit =>
	({ values, need, line }, i, { a, b }) => {
		const [lo, hi] = values.halves(a);
		const [amount] = values.halves(b);
		line(`const v${i}_lo = ${need(name)}(${need("out")}, ${lo}, ${hi}, ${amount} & 63), v${i}_hi = ${need("out")}[0];`);
		values.own(i);
		return true;
	};

const count =
	(name: "clz" | "ctz" | "popcount"): Emit =>
	({ values, need }, i, { a, w }) => {
		if (values.width(a) !== 64) return false;
		const text = `${need(name)}(${values.halves(a).join(", ")})`;
		if (w > 32) values.pair(i, text, "0");
		else values.narrow(i, text);
		return true;
	};

/** At 64 bits only. */
const full: Partial<Record<OpName, Emit>> = {
	mul: helper("mul"),
	mulhs: helper("mulhs"),
	mulhu: helper("mulhu"),
	mulhsu: helper("mulhsu"),
	divs: helper("divs"),
	divu: helper("divu"),
	rems: helper("rems"),
	remu: helper("remu"),
	shl: shift("shl", (lo, hi, n) =>
		n >= 64 ? ["0", "0"] : n === 32 ? ["0", lo] : n > 32 ? ["0", `${lo} << ${n - 32}`] : [`${lo} << ${n}`, `(${hi} << ${n}) | (${lo} >>> ${32 - n})`],
	),
	shr: shift("shr", (lo, hi, n) =>
		n >= 64 ? ["0", "0"] : n === 32 ? [hi, "0"] : n > 32 ? [`${hi} >>> ${n - 32}`, "0"] : [`(${lo} >>> ${n}) | (${hi} << ${32 - n})`, `${hi} >>> ${n}`],
	),
	sar: shift("sar", (lo, hi, n) =>
		n >= 32 ? [n === 32 ? hi : `${hi} >> ${Math.min(n - 32, 31)}`, `${hi} >> 31`] : [`(${lo} >>> ${n}) | (${hi} << ${32 - n})`, `${hi} >> ${n}`],
	),
	rotl: rotate("rotl"),
	rotr: rotate("rotr"),
	bswap: ({ values, need }, i, { a }) => {
		const [lo, hi] = values.halves(a);
		values.pair(i, `${need("bswap32")}(${hi})`, `${need("bswap32")}(${lo})`);
		return true;
	},
	clz: count("clz"),
	ctz: count("ctz"),
	popcount: count("popcount"),
};
