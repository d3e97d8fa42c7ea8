/** Building Wasm code as expressions: the surface that lowering uses, whoever puts the module together (Binaryen, or the writer of bytes). */
import type { Conversion, FloatOperation, Operation } from "./operations.ts";

/** A number that stands for an expression; 0: none. */
export type Node = number;
/** Type of a Wasm value; guest values of at most 32 bits are `i32`, except that results of floating-point ops stay what they are. */
export type Type = "i32" | "i64";
export type FloatType = "f32" | "f64";
/** A vector's first number counts, one of 64 bits: multiply-add is for vectors only, and numbers that go from one to the next stay vectors. */
export type AnyType = Type | FloatType | "v128";
/** Of a region's function: state, label, stack. */
export const unitParams: readonly Type[] = ["i32", "i32", "i32"];
export const typeOf = (width: number): Type => (width <= 32 ? "i32" : "i64");
/** Most pages of a shared memory, which has to name a limit. */
export const mostPages = 65536;

/**
 * Functions of `env` that modules import: the port's two, exact floating point, and the way into another unit by its slot. They are the runtime's
 * (runtime.ts), Wasm functions all of them: a module that imports a function of JavaScript, or a table, costs five to ten times as much to instantiate.
 */
export const imported = {
	/** state, address (two halves), bytes, space, access -> low half */
	load: { params: 6, result: "i32" },
	/** state, address, bytes, space, value */
	store: { params: 7, result: "i32" },
	/** state, kind, three operands, rounding mode -> low half */
	float: { params: 9, result: "i32" },
	/** state, label, stack, slot -> status */
	enter: { params: 4, result: "i32" },
} as const satisfies Imports;

/** Functions of `env`, their parameters all of type i32. */
export type Imports = Readonly<Record<string, { readonly params: number; readonly result: Type | null }>>;

/** A module under construction. Expressions may be used once. `dispose` it always. */
export abstract class Nodes {
	readonly #helpers = new Set<string>();

	abstract i32(value: number): Node;
	/** From signed halves. */
	abstract i64(lo: number, hi: number): Node;
	abstract f32(value: number): Node;
	abstract f64(value: number): Node;
	/** A number of the type from signed halves; `hi` does not matter to an i32. */
	number(type: Type, lo: number, hi: number): Node {
		return type === "i32" ? this.i32(lo) : this.i64(lo, hi);
	}
	abstract unary(type: Type, op: Operation, a: Node): Node;
	abstract binary(type: Type, op: Operation, a: Node, b: Node): Node;
	/** An operation on one or two numbers; comparisons give an i32. */
	abstract float(type: FloatType, op: FloatOperation, a: Node, b?: Node): Node;
	/** A vector of numbers that are all the same. */
	abstract splat(type: FloatType, a: Node): Node;
	/** The first number of a vector. */
	abstract first(type: FloatType, a: Node): Node;
	/** Of vectors a * b + c, or c - a * b, rounded once or twice: see `hostFuses`. */
	abstract multiplyAdd(type: FloatType, negated: boolean, a: Node, b: Node, c: Node): Node;
	abstract convert(how: Conversion, a: Node): Node;
	/** The number that bits are. */
	asFloat(type: FloatType, a: Node): Node {
		return this.convert(type === "f64" ? "f64i64" : "f32i32", a);
	}
	/** The bits of a number; an integer as it is. */
	bits(type: AnyType, a: Node): Node {
		if (type === "v128") return this.bits("f64", this.first("f64", a));
		return type === "f64" ? this.convert("i64f64", a) : type === "f32" ? this.convert("i32f32", a) : a;
	}
	wrap(a: Node): Node {
		return this.convert("wrap", a);
	}
	extendU(a: Node): Node {
		return this.convert("extendU", a);
	}
	extendS(a: Node): Node {
		return this.convert("extendS", a);
	}
	extend32(a: Node): Node {
		return this.convert("extend32", a);
	}
	abstract select(condition: Node, ifTrue: Node, ifFalse: Node): Node;
	abstract get(local: number, type: AnyType): Node;
	abstract set(local: number, value: Node): Node;
	abstract tee(local: number, value: Node, type: AnyType): Node;
	/** Zero-extends narrow loads, or sign-extends them. The alignment is always claimed to be 1: it is a hint only. */
	abstract load(type: AnyType, bytes: number, offset: number, at: Node, signed?: boolean): Node;
	abstract store(type: AnyType, bytes: number, offset: number, at: Node, value: Node): Node;
	/** The condition of a `br` or an `if` that seldom holds: a hint for the host's compiler, which then keeps what it leads to out of the way. */
	rare(condition: Node): Node {
		return condition;
	}
	/** A block, with a value where a type is given: then the last child's. */
	abstract block(label: string | null, children: readonly Node[], type?: AnyType | null): Node;
	abstract loop(label: string, body: Node): Node;
	/** Statements; an `if` has no value. */
	abstract if(condition: Node, ifTrue: Node, ifFalse?: Node): Node;
	abstract br(label: string, condition?: Node): Node;
	/** `br_table`; the last label is the default. */
	abstract switch(labels: readonly string[], index: Node): Node;
	/** Of a function of this module, or of one of those imported. */
	abstract call(target: string, operands: readonly Node[], result: AnyType | null): Node;
	abstract drop(a: Node): Node;
	abstract return(a: Node): Node;
	abstract unreachable(): Node;
	/** Adds a function; `names` are of its parameters and locals, for readers of the text only. */
	abstract function(name: string, params: readonly AnyType[], result: AnyType, locals: readonly AnyType[], body: Node, names?: readonly string[] | null): void;
	/** The name of a function that is made on its first use in this module. */
	helper(name: string, make: (name: string) => void): string {
		if (!this.#helpers.has(name)) {
			this.#helpers.add(name);
			make(name);
		}
		return name;
	}
	abstract export(name: string): void;
	/** The module as Wasm, in an array of its own. */
	abstract encode(): Uint8Array<ArrayBuffer>;
	abstract dispose(): void;
}
