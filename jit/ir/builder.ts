/** Wishes for operations in, a list of ops out: constants are folded and trivial algebra is done on the way, exactly and at every width. */
import { evaluate, highMask, lowMask } from "./evaluate.ts";
import { makeOp, type Op, type OpName } from "./op.ts";

const commutative: ReadonlySet<OpName> = new Set(["add", "mul", "and", "or", "xor", "eq", "ne", "mulhs", "mulhu"]);
/** The comparison that is true where the key is false; with the operands swapped where marked. */
const opposite: Partial<Record<OpName, readonly [op: OpName, swap: boolean]>> = {
	eq: ["ne", false],
	ne: ["eq", false],
	lts: ["les", true],
	les: ["lts", true],
	ltu: ["leu", true],
	leu: ["ltu", true],
};

/** Appends ops to `ops`; every method returns the index of the op whose value is what was asked for (which need not be a new one). */
export class Builder {
	readonly ops: Op[] = [];
	private readonly high = new Int32Array(1);

	/** Appends as it is. */
	push(op: OpName, w: number, a = -1, b = -1, c = -1, lo = 0, hi = 0, d = -1): number {
		return this.ops.push(makeOp(op, w, a, b, c, lo, hi, d)) - 1;
	}

	constant(w: number, lo: number, hi = 0): number {
		return this.ops.push(makeOp("const", w, -1, -1, -1, lo & lowMask(w), hi & highMask(w))) - 1;
	}
	/** A JavaScript number in size below 2^53, taken modulo 2^w. */
	number(w: number, value: number): number {
		return this.constant(w, value | 0, w > 32 ? Math.floor(value / 4294967296) | 0 : 0);
	}
	isConstant(index: number): boolean {
		return this.ops[index].op === "const";
	}

	/** A pure operation with 1 to 3 operands, of those without a meaning beyond their value (no floating-point op, not `raised`). Operand widths are the caller's care (`verify` knows them). */
	pure(op: OpName, w: number, a: number, b = -1, c = -1): number {
		const ops = this.ops;
		const opA = ops[a];
		if (b < 0) return opA.op === "const" ? this.fold(op, w, opA, opA, opA) : this.unary(op, w, a, opA);
		const opB = ops[b];
		if (c >= 0) return this.select(w, a, b, c);
		if (opB.op === "const") {
			if (opA.op === "const") return this.fold(op, w, opA, opB, opB);
			const s = this.withRight(op, w, a, opA, opB);
			if (s >= 0) return s;
		} else if (opA.op === "const") {
			if (commutative.has(op)) return this.pure(op, w, b, a);
			const s = this.withLeft(op, opA, a);
			if (s >= 0) return s;
		} else {
			const s = a === b ? this.same(op, w, a) : this.both(op, w, opA, opB);
			if (s >= 0) return s;
		}
		return ops.push(makeOp(op, w, a, b)) - 1;
	}

	/** `condition ? b : c`. */
	select(w: number, condition: number, b: number, c: number): number {
		if (b === c) return b;
		const ops = this.ops;
		const k = ops[condition];
		if (k.op === "const") return k.lo ? b : c;
		if (k.op === "not") return this.select(w, k.a, c, b);
		const opB = ops[b];
		const opC = ops[c];
		if (opB.op === "select" && opB.a === condition) return this.select(w, condition, opB.b, c);
		if (opC.op === "select" && opC.a === condition) return this.select(w, condition, b, opC.c);
		if (opB.op === "const" && opC.op === "const") {
			if (opB.lo === opC.lo && opB.hi === opC.hi) return b;
			if (opB.lo === 1 && opB.hi === 0 && opC.lo === 0 && opC.hi === 0) return this.pure("zext", w, condition);
			if (opC.lo === 1 && opC.hi === 0 && opB.lo === 0 && opB.hi === 0) return this.pure("zext", w, this.pure("not", 1, condition));
		}
		return ops.push(makeOp("select", w, condition, b, c)) - 1;
	}

	private fold(op: OpName, w: number, a: Op, b: Op, c: Op): number {
		const lo = evaluate(op, w, a.w, a.lo, a.hi, b.lo, b.hi, c.lo, c.hi, this.high);
		return this.ops.push(makeOp("const", w, -1, -1, -1, lo, this.high[0])) - 1;
	}

	private unary(op: OpName, w: number, a: number, x: Op): number {
		switch (op) {
			case "not": {
				if (x.op === "not") return x.a;
				const o = opposite[x.op];
				if (o) return o[1] ? this.pure(o[0], 1, x.b, x.a) : this.pure(o[0], 1, x.a, x.b);
				break;
			}
			case "zext":
				if (x.w === w) return a;
				if (x.op === "zext") return this.pure("zext", w, x.a);
				break;
			case "sext":
				if (x.w === w) return a;
				if (x.op === "zext" || x.op === "sext") return this.pure(x.op, w, x.a);
				break;
			case "trunc":
				if (x.w === w) return a;
				if (x.op === "trunc") return this.pure("trunc", w, x.a);
				if (x.op === "zext" || x.op === "sext") {
					const inner = this.ops[x.a].w;
					return inner === w ? x.a : this.pure(inner > w ? "trunc" : x.op, w, x.a);
				}
				break;
			default:
		}
		return this.ops.push(makeOp(op, w, a)) - 1;
	}

	/** Simplifies `a op constant`; -1 where there is nothing to gain. */
	private withRight(op: OpName, w: number, a: number, x: Op, k: Op): number {
		const zero = k.lo === 0 && k.hi === 0;
		const ones = k.lo === lowMask(k.w) && k.hi === highMask(k.w);
		switch (op) {
			case "add":
			case "sub":
			case "or":
			case "xor":
			case "rotl":
			case "rotr":
				if (zero) return a;
				if (ones && op === "or" && k.w === w) return this.constant(w, -1, -1);
				if (ones && op === "xor") return this.pure("not", w, a);
				return op === "or" || op === "xor" ? this.narrow(op, w, x, k) : -1;
			case "and":
				if (zero) return this.constant(w, 0);
				return ones ? a : this.narrow(op, w, x, k);
			case "mul":
				if (zero) return this.constant(w, 0);
				return k.lo === 1 && k.hi === 0 ? a : -1;
			case "shl":
			case "shr":
			case "sar": {
				if (zero) return a;
				if (k.hi === 0 && k.lo >= 0 && k.lo < w) return op === "shl" ? -1 : this.shiftBack(op, w, x, k.lo);
				if (op !== "sar") return this.constant(w, 0);
				return this.ops.push(makeOp("sar", w, a, this.constant(8, w - 1))) - 1;
			}
			case "ltu":
				return zero ? this.constant(1, 0) : -1;
			case "leu":
				return ones ? this.constant(1, 1) : -1;
			case "eq":
			case "ne":
				return this.equal(op, a, x, k);
			default:
				return -1;
		}
	}

	/** `x op k` bit by bit, where x was extended and k is such a number, too: in the width that x had; else -1. */
	private narrow(op: "and" | "or" | "xor", w: number, x: Op, k: Op): number {
		if (x.op !== "sext" && x.op !== "zext") return -1;
		const inner = this.ops[x.a].w;
		const [lo, hi] = [k.lo & lowMask(inner), k.hi & highMask(inner)];
		const back = evaluate(x.op, w, inner, lo, hi, 0, 0, 0, 0, this.high);
		if (back !== k.lo || this.high[0] !== k.hi) return -1;
		return this.pure(x.op, w, this.pure(op, inner, x.a, this.constant(inner, lo, hi)));
	}

	/** `x >> by`, where x was shifted left before: what is left of a narrower number, extended; -1 where that is not simpler. */
	private shiftBack(op: "shr" | "sar", w: number, x: Op, by: number): number {
		if (x.op !== "shl") return -1;
		const forth = this.ops[x.b];
		if (forth.op !== "const" || forth.hi !== 0 || forth.lo < by || forth.lo >= w) return -1;
		const inner = w - forth.lo;
		if (inner !== 8 && inner !== 16 && inner !== 32) return -1;
		const number = this.pure(op === "shr" ? "zext" : "sext", w, this.pure("trunc", inner, x.a));
		return this.pure("shl", w, number, this.constant(8, forth.lo - by));
	}

	/** Simplifies `a op b` of values that are not known; -1 where there is nothing to gain. */
	private both(op: OpName, w: number, x: Op, y: Op): number {
		const bitwise = op === "and" || op === "or" || op === "xor";
		if (bitwise && x.op === y.op && (x.op === "sext" || x.op === "zext") && this.ops[x.a].w === this.ops[y.a].w)
			return this.pure(x.op, w, this.pure(op, this.ops[x.a].w, x.a, y.a));
		if (op === "or" || op === "xor" || op === "add") {
			const shifted = x.op === "shl" ? this.rotation(w, x, y) : y.op === "shl" ? this.rotation(w, y, x) : -1;
			return shifted >= 0 ? shifted : x.op === "shl" ? this.withTop(w, x, y) : y.op === "shl" ? this.withTop(w, y, x) : -1;
		}
		return -1;
	}

	/** The highest bit beside all others of a value, where it is that value's own, or its opposite, or (as bits that are the same differ) 0: a sign that is put on; else -1. */
	private withTop(w: number, left: Op, right: Op): number {
		const { ops } = this;
		const by = ops[left.b];
		const [sign, others] = [ops[left.a], ops[right.a]];
		if (by.op !== "const" || by.lo !== w - 1 || by.hi !== 0 || sign.op !== "zext" || right.op !== "zext" || others.op !== "trunc" || others.w !== w - 1)
			return -1;
		const isTop = (bit: number): boolean => {
			const { op, w: width, a } = ops[bit];
			const shift = ops[a];
			if (op !== "trunc" || width !== 1 || shift.op !== "shr" || shift.a !== others.a || shift.w !== w) return false;
			const back = ops[shift.b];
			return back.op === "const" && back.lo === w - 1 && back.hi === 0;
		};
		const bit = ops[sign.a];
		const [lo, hi] = w > 32 ? [0, 1 << (w - 33)] : [1 << (w - 1), 0];
		if (isTop(sign.a)) return others.a;
		if (bit.op === "not" && isTop(bit.a)) return this.pure("xor", w, others.a, this.constant(w, lo, hi));
		if (bit.op === "xor" && isTop(bit.a) && isTop(bit.b)) return this.pure("and", w, others.a, this.constant(w, ~lo, ~hi));
		return -1;
	}

	/** Two shifts of one value whose bits meet, together: a rotation; else -1. */
	private rotation(w: number, left: Op, right: Op): number {
		if (right.op !== "shr" || left.a !== right.a) return -1;
		const [forth, back] = [this.ops[left.b], this.ops[right.b]];
		if (forth.op !== "const" || back.op !== "const" || forth.hi !== 0 || back.hi !== 0 || forth.lo + back.lo !== w) return -1;
		return this.pure("rotl", w, left.a, left.b);
	}

	private equal(op: "eq" | "ne", a: number, x: Op, k: Op): number {
		if (x.w === 1) return (k.lo === 1) === (op === "eq") ? a : this.pure("not", 1, a);
		if (x.op === "zext") {
			const inner = this.ops[x.a].w;
			if ((k.lo & ~lowMask(inner)) !== 0 || (k.hi & ~highMask(inner)) !== 0) return this.constant(1, op === "eq" ? 0 : 1);
			return this.pure(op, 1, x.a, this.constant(inner, k.lo, k.hi));
		}
		return -1;
	}

	/** Simplifies `constant op b` of operations that do not commute. */
	private withLeft(op: OpName, k: Op, a: number): number {
		const zero = k.lo === 0 && k.hi === 0;
		if (zero && (op === "shl" || op === "shr" || op === "sar" || op === "rotl" || op === "rotr")) return a;
		if (op === "leu" && zero) return this.constant(1, 1);
		if (op === "ltu" && k.lo === lowMask(k.w) && k.hi === highMask(k.w)) return this.constant(1, 0);
		return -1;
	}

	private same(op: OpName, w: number, a: number): number {
		switch (op) {
			case "and":
			case "or":
				return a;
			case "xor":
			case "sub":
				return this.constant(w, 0);
			case "eq":
			case "les":
			case "leu":
				return this.constant(1, 1);
			case "ne":
			case "lts":
			case "ltu":
				return this.constant(1, 0);
			default:
				return -1;
		}
	}
}
