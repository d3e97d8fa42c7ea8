/** Statement text against a syntax: what each hole holds, or nothing if the text does not have that form. */
import type { IndexedSpace, Isa, OperandKind } from "../spec/isa.ts";
import { type Expression, namesIn, parseExpression } from "./expression.ts";

/** What stands in the place of an operand: a known number (a register, a choice, an entry of a space), an expression, or a hole of an alias's meaning. */
export type Argument = { readonly number: number } | { readonly expression: Expression; readonly text: string } | { readonly hole: string };

/** Names with their numbers, longest first; `odd`: those that are not plain words, such as "(hl)". */
interface NameOrder {
	readonly all: readonly (readonly [string, number])[];
	readonly odd: readonly (readonly [string, number])[];
}

/** The names of an ISA, ready for looking up. */
export class Names {
	readonly files: readonly ReadonlyMap<string, number>[];
	readonly spaces: readonly ReadonlyMap<string, number>[];
	readonly registers: ReadonlySet<string>;
	private readonly modifiers: Isa["modifiers"];
	private readonly sorted = new Map<ReadonlyMap<string, number>, NameOrder>();
	readonly isModifier = (name: string) => this.modifiers.has(name);

	constructor(readonly isa: Isa) {
		this.modifiers = isa.modifiers;
		this.files = isa.files.map((file) => {
			const names = new Map<string, number>();
			file.places.forEach((place, i) => {
				const all = file.names[i] ?? [];
				// a hole that has a name, such as a pc that is an operand but no register, can be written
				if (place === null && all.length === 0) return;
				for (const name of all.length > 0 ? all : [`${file.name}${i}`]) names.set(name, i);
			});
			return names;
		});
		this.spaces = isa.spaces.map((space: IndexedSpace) => new Map([...space.entries.values()].map((e) => [e.name, e.index])));
		this.registers = new Set(this.files.flatMap((names) => [...names.keys()]));
	}

	/** The names of a map in the order they are tried. */
	order(map: ReadonlyMap<string, number>): NameOrder {
		let order = this.sorted.get(map);
		if (!order) {
			const all = [...map].sort((a, b) => b[0].length - a[0].length);
			order = { all, odd: all.filter(([name]) => !/^[\w.$']+$/.test(name)) };
			this.sorted.set(map, order);
		}
		return order;
	}

	/** The expression that `text` is; null if it is none or names a register. */
	expression(text: string): Expression | null {
		if (this.registers.has(text)) return null;
		const e = parseExpression(text, this.isModifier);
		if (e === null || (e.kind !== "number" && namesIn(e).some((name) => this.registers.has(name)))) return null;
		return e;
	}
}

const holeAt = /\{([^{}]+)\}/y;
const wordAt = /[\w.$']+/y;

/**
 * Matches `text` from `at` to its end against parts from `index` on. `kindOf`: the kind of a hole; null: any expression or register name, kept as text.
 * Fills `found`, which keeps what it had when the answer is false. A hole that occurs twice must be the same twice.
 */
export function matchParts<T>(
	names: Names,
	parts: readonly (string | T)[],
	kindOf: (hole: T) => OperandKind | null,
	text: string,
	at: number,
	index: number,
	found: Map<T, Argument>,
): boolean {
	const part = parts[index];
	if (part === undefined) return at === text.length;
	if (typeof part === "string") return text.startsWith(part, at) && matchParts(names, parts, kindOf, text, at + part.length, index + 1, found);
	const hole = part as T;
	const go = (argument: Argument, end: number): boolean => {
		const before = found.get(hole);
		if (before !== undefined && !sameArgument(before, argument)) return false;
		found.set(hole, argument);
		if (matchParts(names, parts, kindOf, text, end, index + 1, found)) return true;
		if (before === undefined) found.delete(hole);
		else found.set(hole, before);
		return false;
	};
	holeAt.lastIndex = at;
	const inner = text.charCodeAt(at) === 123 ? holeAt.exec(text) : null;
	if (inner) return go({ hole: inner[1] as string }, holeAt.lastIndex);
	const kind = kindOf(hole);
	switch (kind?.kind) {
		case "reg":
			return named(names, names.files[kind.file] as ReadonlyMap<string, number>, text, at, go);
		case "choice":
			for (const [name, number] of names.order(kind.names).all) if (text.startsWith(name, at) && go({ number }, at + name.length)) return true;
			return false;
		case "space":
			return named(names, names.spaces[kind.space] as ReadonlyMap<string, number>, text, at, go) || numeric();
		default:
			return numeric();
	}

	function numeric(): boolean {
		const next = parts[index + 1];
		const tryEnd = (end: number): boolean => {
			const piece = text.slice(at, end);
			const expression = names.expression(piece);
			if (expression === null) {
				// a hole of a macro may also be a register's name
				return kind === null && names.registers.has(piece) && go({ expression: { kind: "symbol", name: piece }, text: piece }, end);
			}
			return go({ expression, text: piece }, end);
		};
		if (next === undefined) return at < text.length && tryEnd(text.length);
		if (typeof next !== "string") {
			for (let end = text.length; end > at; end--) if (tryEnd(end)) return true;
			return false;
		}
		for (let end = text.indexOf(next, at + 1); end >= 0; end = text.indexOf(next, end + 1)) if (tryEnd(end)) return true;
		return false;
	}
}

function named(names: Names, map: ReadonlyMap<string, number>, text: string, at: number, go: (a: Argument, end: number) => boolean): boolean {
	wordAt.lastIndex = at;
	const word = wordAt.exec(text)?.[0];
	if (word !== undefined) {
		const number = map.get(word);
		if (number !== undefined && go({ number }, at + word.length)) return true;
		if (number !== undefined) return false;
	}
	for (const [name, number] of names.order(map).odd) if (text.startsWith(name, at) && go({ number }, at + name.length)) return true;
	return false;
}

export function sameArgument(a: Argument, b: Argument): boolean {
	if ("number" in a || "number" in b) return "number" in a && "number" in b && a.number === b.number;
	if ("hole" in a || "hole" in b) return "hole" in a && "hole" in b && a.hole === b.hole;
	return a.text === b.text;
}
