/** The arguments of a declaration in, checked texts, numbers, functions and options out; errors stand at the argument they are about. */
import type { ObjectExpression } from "acorn";
import { count } from "./methods.ts";
import type { At } from "./operators.ts";
import { fail, type Node } from "./source.ts";
import { type Call, describe, Func, type Value } from "./values.ts";

export const argumentAt = (call: Call, i: number): At => ({ source: call.source, node: call.nodes[i] ?? call.node });

export function refuse(at: At, problem: string, text?: string): never {
	return fail(at.source, at.node, problem, text);
}

/** Checks how many arguments there are. */
export function arity(call: Call, name: string, least: number, most = least): void {
	const n = call.args.length;
	if (n < least || n > most) fail(call.source, call.node, `${name}() takes ${least === most ? least : `${least} to ${most}`} arguments, not ${n}`);
}

export function text(at: At, value: Value, what: string): string {
	return typeof value === "string" ? value : refuse(at, `${what}: a text expected, this is ${describe(value)}`);
}
/** A name that can be written in encodings, assembly and messages. */
export function word(at: At, value: Value, what: string): string {
	const name = text(at, value, what);
	return /^[A-Za-z_$][\w.$']*$/.test(name) ? name : refuse(at, `${what}: a name of letters, digits, _ . $ and ' expected`, name);
}
export function oneOf<T extends string>(at: At, value: Value, what: string, choices: readonly T[], fallback?: T): T {
	if (value === undefined && fallback !== undefined) return fallback;
	const found = choices.find((c) => c === value);
	return found ?? refuse(at, `${what}: ${choices.map((c) => JSON.stringify(c)).join(" or ")} expected, this is ${describe(value)}`);
}
export function func(at: At, value: Value, what: string): Func {
	return value instanceof Func ? value : refuse(at, `${what}: a function expected, this is ${describe(value)}`);
}
export function list(at: At, value: Value, what: string): readonly Value[] {
	return Array.isArray(value) ? (value as readonly Value[]) : refuse(at, `${what}: an array expected, this is ${describe(value)}`);
}
/** A text, or several. */
export function texts(call: Call, i: number, what: string): { text: string; at: At }[] {
	const value = call.args[i];
	const at = argumentAt(call, i);
	if (!Array.isArray(value)) return [{ text: text(at, value, what), at }];
	if (value.length === 0) return refuse(at, `${what}: at least one expected`);
	const node = at.node as Node & { elements?: readonly (Node | null)[] };
	return value.map((item, k) => {
		const itemAt = { source: at.source, node: (node.elements?.length === value.length && node.elements[k]) || at.node };
		return { text: text(itemAt, item, what), at: itemAt };
	});
}

/** An object argument with the places of its properties. */
export class Options {
	readonly #map: ReadonlyMap<string, Value>;
	/** made when an error or a nested argument asks for it */
	#places: Map<string, Node> | null = null;
	constructor(
		readonly whole: At,
		value: Value,
		allowed: readonly string[] | null,
	) {
		if (value === undefined) this.#map = new Map();
		else if (value instanceof Map) this.#map = value;
		else refuse(whole, `an object expected, this is ${describe(value)}`);
		if (allowed) {
			for (const key of this.#map.keys())
				if (!allowed.includes(key)) refuse(this.at(key), `unknown option ${JSON.stringify(key)}; there are ${allowed.join(", ")}`);
		}
	}
	get entries(): [string, Value][] {
		return [...this.#map];
	}
	has(key: string): boolean {
		return this.#map.get(key) !== undefined;
	}
	get(key: string): Value {
		return this.#map.get(key);
	}
	/** Where a property's value is written; the whole object where that cannot be told. */
	at(key: string): At {
		if (!this.#places) {
			this.#places = new Map();
			const node = this.whole.node as Node as ObjectExpression;
			for (const p of node.type === "ObjectExpression" ? node.properties : []) {
				if (p.type !== "Property" || p.computed) continue;
				const name = p.key.type === "Identifier" ? p.key.name : p.key.type === "Literal" ? String(p.key.value) : "";
				this.#places.set(name, p.value);
			}
		}
		const node = this.#places.get(key);
		return node ? { source: this.whole.source, node } : this.whole;
	}
	count(key: string, least: number, most: number, fallback?: number): number {
		if (!this.has(key) && fallback !== undefined) return fallback;
		return count(this.at(key), this.get(key), key, least, most);
	}
	flag(key: string, fallback: boolean): boolean {
		const value = this.get(key);
		if (value === undefined) return fallback;
		return typeof value === "boolean" ? value : refuse(this.at(key), `${key}: true or false expected, this is ${describe(value)}`);
	}
	text(key: string): string {
		return text(this.at(key), this.get(key), key);
	}
	oneOf<T extends string>(key: string, choices: readonly T[], fallback?: T): T {
		return oneOf(this.at(key), this.get(key), key, choices, fallback);
	}
}
export const options = (call: Call, i: number, allowed: readonly string[] | null): Options => new Options(argumentAt(call, i), call.args[i], allowed);
