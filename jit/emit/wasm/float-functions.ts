/**
 * Functions that a module gets for floating-point ops: a module in, names out. They are those of jit/base/float/host.ts, which has the reasons: a number where the result
 * is proven, NaN where it is not.
 */
import type { OpName } from "../../ir/op.ts";
import type { FloatType, Node, Nodes } from "./nodes.ts";
import type { FloatOperation } from "./operations.ts";

const least = 2 ** -1022;
const splittable = 2 ** -968;
const splitter = 134217729;

/** Short names for building functions on binary64 numbers in locals. */
class Script {
	readonly body: Node[] = [];
	readonly #nodes: Nodes;
	#next: number;
	readonly #first: number;

	/** Locals from `first` on are the script's. */
	constructor(nodes: Nodes, first: number) {
		this.#nodes = nodes;
		this.#first = first;
		this.#next = first;
	}
	get locals(): "f64"[] {
		return new Array<"f64">(this.#next - this.#first).fill("f64");
	}
	get(local: number): Node {
		return this.#nodes.get(local, "f64");
	}
	op(operation: FloatOperation, a: Node, b: Node = 0): Node {
		return this.#nodes.float("f64", operation, a, b);
	}
	/** On two locals. */
	of(operation: FloatOperation, a: number, b: number): Node {
		return this.op(operation, this.get(a), this.get(b));
	}
	set(value: Node): number {
		const local = this.#next++;
		this.body.push(this.#nodes.set(local, value));
		return local;
	}
	return(value: Node): void {
		this.body.push(this.#nodes.return(value));
	}
	returnIf(condition: Node, value: Node): void {
		this.body.push(this.#nodes.if(condition, this.#nodes.return(value)));
	}
	nan(): Node {
		return this.#nodes.f64(Number.NaN);
	}
	number(value: number): Node {
		return this.#nodes.f64(value);
	}
	and(...conditions: Node[]): Node {
		return conditions.reduce((a, b) => this.#nodes.binary("i32", "and", a, b));
	}
	or(a: Node, b: Node): Node {
		return this.#nodes.binary("i32", "or", a, b);
	}
	not(a: Node): Node {
		return this.#nodes.unary("i32", "eqz", a);
	}
	either(condition: Node, yes: Node, no: Node): Node {
		return this.#nodes.select(condition, yes, no);
	}
	isFinite(a: number): Node {
		return this.op("lt", this.op("abs", this.get(a)), this.number(Number.POSITIVE_INFINITY));
	}
	isZero(a: number): Node {
		return this.op("eq", this.get(a), this.number(0));
	}
	/** r = a + b as rounded: is it exact? */
	sumIsExact(r: number, a: number, b: number): Node {
		return this.and(this.op("eq", this.of("sub", r, a), this.get(b)), this.op("eq", this.of("sub", r, b), this.get(a)));
	}
	sumError(s: number, a: number, b: number): number {
		const b1 = this.set(this.of("sub", s, a));
		return this.set(this.op("add", this.op("sub", this.get(a), this.of("sub", s, b1)), this.of("sub", b, b1)));
	}
	#upper(a: number): number {
		const scaled = this.set(this.op("mul", this.get(a), this.number(splitter)));
		return this.set(this.op("sub", this.get(scaled), this.of("sub", scaled, a)));
	}
	productError(p: number, a: number, b: number): number {
		const ah = this.#upper(a);
		const al = this.set(this.of("sub", a, ah));
		const bh = this.#upper(b);
		const bl = this.set(this.of("sub", b, bh));
		const rest = this.op("sub", this.op("sub", this.op("sub", this.get(p), this.of("mul", ah, bh)), this.of("mul", al, bh)), this.of("mul", ah, bl));
		return this.set(this.op("sub", this.of("mul", al, bl), rest));
	}
	isSplittable(a: number): Node {
		return this.op("ge", this.op("abs", this.get(a)), this.number(splittable));
	}
}

/** (a, b, c, flags of before) -> a * b + c rounded once, or NaN. */
export function fusedFunction(nodes: Nodes, type: FloatType): string {
	return type === "f64" ? fused64(nodes) : fused32(nodes);
}

const [a, b, c, old] = [0, 1, 2, 3];

function fused64(nodes: Nodes): string {
	return nodes.helper("fused64", (name) => {
		const s = new Script(nodes, 4);
		const wasInexact = (): Node => nodes.binary("i32", "and", nodes.get(old, "i32"), nodes.i32(1));
		const p = s.set(s.of("mul", a, b));
		const zero = new Script(nodes, 5);
		const sum = zero.set(zero.of("add", p, c));
		zero.return(zero.either(zero.and(zero.isFinite(sum), zero.or(wasInexact(), zero.sumIsExact(sum, p, c))), zero.get(sum), zero.nan()));
		s.body.push(nodes.if(s.or(s.isZero(a), s.isZero(b)), nodes.block(null, zero.body)));
		s.returnIf(s.not(s.isSplittable(p)), s.nan());
		const pe = s.productError(p, a, b);
		const t = s.set(s.of("add", pe, c));
		const te = s.sumError(t, pe, c);
		const v = s.set(s.of("add", p, t));
		const ve = s.sumError(v, p, t);
		const low = s.set(s.of("add", te, ve));
		const r = s.set(s.of("add", v, low));
		const rounded = s.set(s.op("sub", s.get(low), s.of("sub", r, v)));
		s.returnIf(s.not(s.isFinite(r)), s.nan());
		s.returnIf(s.sumIsExact(low, te, ve), s.either(s.or(s.isZero(rounded), wasInexact()), s.get(r), s.nan()));
		const twice = s.set(s.of("add", rounded, rounded));
		const reaches = s.op("eq", s.op("sub", s.of("add", r, twice), s.get(r)), s.get(twice));
		const tie = s.and(s.not(s.isZero(rounded)), reaches);
		s.body.push(s.either(s.and(s.not(tie), wasInexact()), s.get(r), s.nan()));
		nodes.function(name, ["f64", "f64", "f64", "i32"], "f64", s.locals, nodes.block(null, s.body, "f64"));
	});
}

function fused32(nodes: Nodes): string {
	return nodes.helper("fused32", (name) => {
		const s = new Script(nodes, 4);
		const wasInexact = (): Node => nodes.binary("i32", "and", nodes.get(old, "i32"), nodes.i32(1));
		const wide = (n: number): Node => nodes.convert("promote", nodes.get(n, "f32"));
		const single = (n: Node): Node => nodes.convert("promote", nodes.convert("demote", n));
		const result = (n: number): Node => nodes.convert("demote", s.get(n));
		const nan = (): Node => nodes.f32(Number.NaN);
		const p = s.set(s.op("mul", wide(a), wide(b)));
		const addend = s.set(wide(c));
		const d = s.set(s.of("add", p, addend));
		const r = s.set(single(s.get(d)));
		const rounded = s.set(s.of("sub", d, r));
		const normal = (): Node => s.op("gt", s.op("abs", s.get(r)), s.number(2 ** -126));
		s.returnIf(s.not(s.isFinite(r)), nan());
		s.returnIf(s.sumIsExact(d, p, addend), s.either(s.or(s.isZero(rounded), s.and(wasInexact(), normal())), result(r), nan()));
		const next = s.set(s.op("add", s.get(r), s.of("add", rounded, rounded)));
		const tie = s.and(s.not(s.isZero(rounded)), s.op("eq", single(s.get(next)), s.get(next)));
		s.body.push(s.either(s.and(s.not(tie), wasInexact(), normal()), result(r), nan()));
		nodes.function(name, ["f32", "f32", "f32", "i32"], "f32", s.locals, nodes.block(null, s.body, "f32"));
	});
}

type Build = (s: Script) => void;

/** Results that are exact, so that no flag is raised whatever there was before. */
const exact64: Partial<Record<OpName, Build>> = {
	fadd: (s) => {
		const r = s.set(s.of("add", a, b));
		s.body.push(s.either(s.and(s.isFinite(r), s.sumIsExact(r, a, b)), s.get(r), s.nan()));
	},
	fsub: (s) => {
		const minus = s.set(s.op("mul", s.get(b), s.number(-1)));
		const r = s.set(s.of("add", a, minus));
		s.body.push(s.either(s.and(s.isFinite(r), s.sumIsExact(r, a, minus)), s.get(r), s.nan()));
	},
	fmul: (s) => {
		const r = s.set(s.of("mul", a, b));
		s.returnIf(s.and(s.isZero(r), s.or(s.isZero(a), s.isZero(b))), s.get(r));
		const lost = s.productError(r, a, b);
		s.body.push(s.either(s.and(s.isFinite(r), s.isSplittable(r), s.isZero(lost)), s.get(r), s.nan()));
	},
	fdiv: (s) => {
		const r = s.set(s.of("div", a, b));
		s.returnIf(s.and(s.isZero(r), s.isZero(a)), s.get(r));
		const lost = s.productError(a, r, b);
		const normal = s.op("gt", s.op("abs", s.get(r)), s.number(least));
		const back = s.op("eq", s.of("mul", r, b), s.get(a));
		s.body.push(s.either(s.and(s.isFinite(r), normal, back, s.isSplittable(a), s.isZero(lost)), s.get(r), s.nan()));
	},
	fsqrt: (s) => {
		const r = s.set(s.op("sqrt", s.get(a)));
		s.returnIf(s.isZero(r), s.get(r));
		const lost = s.productError(a, r, r);
		s.body.push(s.either(s.and(s.isFinite(r), s.op("eq", s.of("mul", r, r), s.get(a)), s.isSplittable(a), s.isZero(lost)), s.get(r), s.nan()));
	},
};
/** Of binary32 numbers, given and returned as binary64. */
function exact32(nodes: Nodes): Partial<Record<OpName, Build>> {
	const single = (s: Script, value: Node): number => s.set(nodes.convert("promote", nodes.convert("demote", value)));
	const end = (s: Script, r: number, ...conditions: Node[]): number => s.body.push(s.either(s.and(s.isFinite(r), ...conditions), s.get(r), s.nan()));
	const sum =
		(operation: "add" | "sub"): Build =>
		(s) => {
			const other = operation === "add" ? b : s.set(s.op("mul", s.get(b), s.number(-1)));
			const d = s.set(s.of("add", a, other));
			const r = single(s, s.get(d));
			end(s, r, s.of("eq", r, d), s.sumIsExact(d, a, other));
		};
	return {
		fadd: sum("add"),
		fsub: sum("sub"),
		fmul: (s) => {
			const d = s.set(s.of("mul", a, b));
			const r = single(s, s.get(d));
			end(s, r, s.of("eq", r, d));
		},
		fdiv: (s) => {
			const r = single(s, s.of("div", a, b));
			end(s, r, s.op("eq", s.of("mul", r, b), s.get(a)));
		},
		fsqrt: (s) => {
			const r = single(s, s.op("sqrt", s.get(a)));
			end(s, r, s.op("eq", s.of("mul", r, r), s.get(a)));
		},
	};
}

/** The name of a function on binary64 numbers that gives the result of the op where it is exact, else NaN; null: there is none. */
export function exactFunction(nodes: Nodes, op: OpName, from: number, w: number): string | null {
	if (op === "fconvert" && from === 64 && w === 32)
		return nodes.helper("exact_narrow", (name) => {
			const s = new Script(nodes, 1);
			const r = s.set(nodes.convert("promote", nodes.convert("demote", s.get(a))));
			s.body.push(s.either(s.of("eq", r, a), s.get(r), s.nan()));
			nodes.function(name, ["f64"], "f64", s.locals, nodes.block(null, s.body, "f64"));
		});
	const build = from !== w ? undefined : w === 64 ? exact64[op] : w === 32 ? exact32(nodes)[op] : undefined;
	if (!build) return null;
	return nodes.helper(`exact_${op}${w}`, (name) => {
		const params = op === "fsqrt" ? 1 : 2;
		const s = new Script(nodes, params);
		build(s);
		nodes.function(name, new Array<FloatType>(params).fill("f64"), "f64", s.locals, nodes.block(null, s.body, "f64"));
	});
}
