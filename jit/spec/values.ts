/** What an expression of the language can be: static values as plain data, guest values as nodes of the template being built, and references to state. */
import type { AnonymousFunctionDeclaration, ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from "acorn";
import type { Bits } from "./bits.ts";
import type { CellSlice, OperandKind } from "./isa.ts";
import type { Node, Source } from "./source.ts";

/** Static numbers are whole: a number while it is safe, else (or when written with an n) a bigint. Arrays and objects never change. */
export type Value =
	| number
	| bigint
	| string
	| boolean
	| null
	| undefined
	| Bits
	| Reading
	| readonly Value[]
	| ReadonlyMap<string, Value>
	| Func
	| Builtin
	| Register
	| FileValue
	| SpaceValue
	| MemoryValue
	| KindValue
	| OnlyValue
	| Pseudo
	| Unusable;

/** A signed or unsigned reading of a guest value, or of a static number that waits for a width. */
export class Reading {
	constructor(
		readonly signed: boolean,
		readonly of: Bits | number | bigint,
	) {}
}

/** A function of the definition with the scope it was made in. */
export class Func {
	constructor(
		readonly node: FunctionNode,
		readonly scope: Scope,
		readonly name: string,
	) {}
}
export type FunctionNode = ArrowFunctionExpression | FunctionExpression | FunctionDeclaration | AnonymousFunctionDeclaration;

/** A function of the language itself. */
export class Builtin {
	constructor(
		readonly name: string,
		/** where it may be called */
		readonly place: "declaration" | "semantics" | "anywhere",
		readonly call: (call: Call) => Value,
	) {}
}

/** One call of a builtin: what it got, and where it stands for errors. */
export interface Call {
	readonly args: readonly Value[];
	readonly nodes: readonly Node[];
	readonly node: Node;
	readonly source: Source;
}

/** A register, a view or a slice of one. Reading it gives `width` bits, the parts most significant first. */
export class Register {
	constructor(
		readonly name: string,
		readonly width: number,
		readonly parts: readonly CellSlice[],
	) {}
}
export class FileValue {
	constructor(
		readonly name: string,
		readonly index: number,
		readonly width: number,
		readonly zero: number,
		readonly places: readonly (Register | null)[],
	) {}
}
export class SpaceValue {
	constructor(
		readonly name: string,
		readonly number: number,
		readonly index: number,
		readonly width: number,
	) {}
}
export class MemoryValue {
	constructor(
		readonly name: string,
		readonly number: number,
		readonly address: number,
	) {}
}
export class KindValue {
	constructor(
		readonly kind: OperandKind,
		/** the greatest encoded number that means something, and how wide a bare name is; 0: no bare name */
		readonly most: number,
		readonly bare: number,
	) {}
}
export class OnlyValue {
	constructor(
		readonly values: readonly number[],
		readonly not: boolean,
	) {}
}
/** A name such as `pc` that stands for something else wherever it is read. */
export class Pseudo {
	constructor(readonly read: (source: Source, node: Node) => Value) {}
}
/** A value that cannot be had (two arms of an `if` gave different things, a file left out); says why when used. */
export class Unusable {
	constructor(readonly problem: string) {}
}

/** A variable. `level`: how many dynamic `if`s were open when it was made; -1: outside semantics. */
export class Binding {
	constructor(
		readonly name: string,
		public value: Value,
		readonly constant: boolean,
		readonly level: number,
	) {}
}

/** Names that can be seen from a place. */
export class Scope {
	readonly #list: Binding[] = [];
	/** for scopes of many names */
	#map: Map<string, Binding> | null = null;
	constructor(
		readonly outer: Scope | null,
		readonly source: Source,
	) {}
	find(name: string): Binding | undefined {
		for (let scope: Scope | null = this; scope; scope = scope.outer) {
			const binding = scope.own(name);
			if (binding) return binding;
		}
		return undefined;
	}
	own(name: string): Binding | undefined {
		if (this.#map) return this.#map.get(name);
		for (const binding of this.#list) if (binding.name === name) return binding;
		return undefined;
	}
	add(binding: Binding): void {
		this.#list.push(binding);
		if (this.#map) this.#map.set(binding.name, binding);
		else if (this.#list.length > 8) this.#map = new Map(this.#list.map((b) => [b.name, b]));
	}
	get bindings(): readonly Binding[] {
		return this.#list;
	}
}

/** What a value is, for messages. */
export function describe(value: Value): string {
	if (value === undefined) return "nothing";
	if (value === null) return "null";
	if (typeof value === "string") return value.length > 30 ? "a text" : `the text ${JSON.stringify(value)}`;
	if (typeof value === "number" || typeof value === "bigint") return value > 1n << 80n || value < -(1n << 80n) ? "a long number" : `the number ${value}`;
	if (typeof value === "boolean") return String(value);
	if (value instanceof Func) return "a function";
	if (value instanceof Builtin) return `the function ${value.name}`;
	if (value instanceof Reading) return "a reading made by s() or u()";
	if (value instanceof Register) return `the register ${value.name}`;
	if (value instanceof FileValue) return `the register file ${value.name}`;
	if (value instanceof SpaceValue) return `the space ${value.name}`;
	if (value instanceof MemoryValue) return `the memory ${value.name}`;
	if (value instanceof KindValue) return "an operand kind";
	if (value instanceof OnlyValue) return value.not ? "not(...)" : "only(...)";
	if (value instanceof Pseudo || value instanceof Unusable) return "a value that cannot be had";
	if (Array.isArray(value)) return "an array";
	if (value instanceof Map) return "an object";
	return `a guest value of ${(value as Bits).w} bits`;
}
