/** Members and methods of static values, and the few global functions; a value and a name in, a value out. */
import { Bits } from "./bits.ts";
import { type At, condition, isNumber, textOf } from "./operators.ts";
import { fail } from "./source.ts";
import { Builtin, type Call, describe, FileValue, Func, type Value } from "./values.ts";
import { array, staticCondition, tick, type World } from "./world.ts";

const mostText = 65_536;

/** An array index or count from a value. */
export function count(at: At, value: Value, what: string, least = 0, most = mostText): number {
	const n = value instanceof Bits && value.known !== null ? Number(value.known) : typeof value === "bigint" ? Number(value) : value;
	if (value instanceof Bits && value.known === null) return fail(at.source, at.node, `${what} must be static, this is a guest value`);
	if (typeof n !== "number") return fail(at.source, at.node, `${what} must be a number, this is ${describe(value)}`);
	if (n < least || n > most || !Number.isSafeInteger(n)) return fail(at.source, at.node, `${what} is ${n}; ${least} to ${most} expected`);
	return n;
}

const text = (at: At, value: string): string => (value.length > mostText ? fail(at.source, at.node, `a text of more than ${mostText} characters`) : value);

/** What `for..of` and spread go over. */
export function items(world: World, at: At, value: Value): readonly Value[] {
	if (Array.isArray(value)) return value as readonly Value[];
	if (typeof value === "string") return array(world, at, [...value]);
	if (value instanceof FileValue && !world.code) return value.places;
	return fail(at.source, at.node, `an array expected, this is ${describe(value)}`);
}

/** `value.length`, `value[index]`. */
export function element(at: At, value: readonly Value[] | string, key: Value): Value {
	if (key === "length") return value.length;
	if (typeof key === "string") {
		return fail(
			at.source,
			at.node,
			`${Array.isArray(value) ? "arrays have" : "a text has"} no ${JSON.stringify(key)} in this language, or it is a method to be called`,
		);
	}
	const i = count(at, key, "an index");
	if (i >= value.length) return fail(at.source, at.node, `index ${i} is past the end: there are ${value.length}`);
	return value[i] as Value;
}

type Method<T> = (world: World, at: At, self: T, args: readonly Value[]) => Value;

function callback(at: At, f: Value): Func | Builtin {
	return f instanceof Func || f instanceof Builtin ? f : fail(at.source, at.node, `a function expected, this is ${describe(f)}`);
}
function each(world: World, at: At, self: readonly Value[], args: readonly Value[]): Value[] {
	const f = callback(at, args[0]);
	return self.map((item, i) => world.call(f, [item, i], at));
}
function find(self: readonly Value[], value: Value): number {
	return self.findIndex((item) => item === value || (isNumber(item) && isNumber(value) && BigInt(item) === BigInt(value)));
}
function bounds(at: At, args: readonly Value[]): [number | undefined, number | undefined] {
	const bound = (v: Value) => (v === undefined ? undefined : count(at, v, "a bound", -mostText));
	return [bound(args[0]), bound(args[1])];
}
/** Callbacks that choose have to answer now. */
function chosen(world: World, at: At, self: readonly Value[], args: readonly Value[]): readonly boolean[] {
	return each(world, at, self, args).map((answer) => staticCondition(at, answer, "the answer of this function"));
}

const arrayMethods = new Map<string, Method<readonly Value[]>>([
	["map", (world, at, self, args) => array(world, at, each(world, at, self, args))],
	["flatMap", (world, at, self, args) => array(world, at, each(world, at, self, args).flat())],
	[
		"filter",
		(world, at, self, args) => {
			const keep = chosen(world, at, self, args);
			return self.filter((_, i) => keep[i]);
		},
	],
	["some", (world, at, self, args) => chosen(world, at, self, args).includes(true)],
	["every", (world, at, self, args) => !chosen(world, at, self, args).includes(false)],
	["find", (world, at, self, args) => self[chosen(world, at, self, args).indexOf(true)]],
	[
		"reduce",
		(world, at, self, args) => {
			const f = callback(at, args[0]);
			if (args.length < 2) return fail(at.source, at.node, "reduce needs a start value");
			return self.reduce((sum: Value, item, i) => world.call(f, [sum, item, i], at), args[1]);
		},
	],
	["reverse", (world, at, self) => array(world, at, [...self].reverse())],
	["includes", (_, __, self, args) => find(self, args[0]) >= 0],
	["indexOf", (_, __, self, args) => find(self, args[0])],
	["slice", (world, at, self, args) => array(world, at, self.slice(...bounds(at, args)))],
	["concat", (world, at, self, args) => array(world, at, self.concat(...args))],
	[
		"join",
		(_, at, self, args) => {
			const between = args[0] === undefined ? "," : textOf(at, args[0]);
			let out = "";
			self.forEach((item, i) => {
				out = text(at, out + (i > 0 ? between : "") + textOf(at, item));
			});
			return out;
		},
	],
]);
const textMethods = new Map<string, Method<string>>([
	["padStart", (_, at, self, args) => self.padStart(count(at, args[0], "a length"), args[1] === undefined ? " " : textOf(at, args[1]))],
	["padEnd", (_, at, self, args) => self.padEnd(count(at, args[0], "a length"), args[1] === undefined ? " " : textOf(at, args[1]))],
	[
		"repeat",
		(_, at, self, args) => {
			const n = count(at, args[0], "a count");
			return self.length * n > mostText ? fail(at.source, at.node, `a text of more than ${mostText} characters`) : self.repeat(n);
		},
	],
	["slice", (_, at, self, args) => self.slice(...bounds(at, args))],
	["split", (world, at, self, args) => array(world, at, self.split(textOf(at, args[0])))],
	["includes", (_, at, self, args) => self.includes(textOf(at, args[0]))],
	["indexOf", (_, at, self, args) => self.indexOf(textOf(at, args[0]))],
	["startsWith", (_, at, self, args) => self.startsWith(textOf(at, args[0]))],
	["endsWith", (_, at, self, args) => self.endsWith(textOf(at, args[0]))],
	["replace", (_, at, self, args) => text(at, self.split(textOf(at, args[0])).join(textOf(at, args[1])))],
	["trim", (_, __, self) => self.trim()],
	["toUpperCase", (_, __, self) => self.toUpperCase()],
	["toLowerCase", (_, __, self) => self.toLowerCase()],
	["toString", (_, __, self) => self],
]);

/** `self.name(args)` of a static value. */
export function method(world: World, at: At, self: Value, name: string, args: readonly Value[]): Value {
	tick(world, at.source, at.node, Array.isArray(self) ? self.length : typeof self === "string" ? self.length >> 4 : 1);
	if (Array.isArray(self)) {
		const f = arrayMethods.get(name);
		if (f) return f(world, at, self, args);
	} else if (typeof self === "string") {
		const f = textMethods.get(name);
		if (f) return f(world, at, self, args);
	} else if (isNumber(self) && name === "toString") {
		return self.toString(args[0] === undefined ? 10 : count(at, args[0], "a radix", 2, 36));
	}
	return fail(at.source, at.node, `${describe(self)} has no method ${JSON.stringify(name)}`);
}

function object(call: Call): ReadonlyMap<string, Value> {
	const value = call.args[0];
	return value instanceof Map ? value : fail(call.source, call.nodes[0] ?? call.node, `an object expected, this is ${describe(value)}`);
}

/** The functions of JavaScript that the language keeps, by name. */
export function globals(world: World): Map<string, Value> {
	const of = (name: string, call: (call: Call) => Value) => new Builtin(name, "anywhere", call);
	const at = (call: Call, i = 0): At => ({ source: call.source, node: call.nodes[i] ?? call.node });
	const number = (call: Call, what: string): number | bigint => {
		const value = call.args[0];
		if (isNumber(value)) return value;
		if (typeof value === "boolean") return value ? 1 : 0;
		if (typeof value === "string" && /^\s*(0x[0-9a-f]+|0b[01]+|0o[0-7]+|[+-]?\d+)\s*$/i.test(value) && value.length < 1000) return BigInt(value);
		return fail(call.source, call.nodes[0] ?? call.node, `${what} of ${describe(value)}`);
	};
	return new Map<string, Value>([
		["undefined", undefined],
		[
			"Object",
			new Map<string, Value>([
				["keys", of("Object.keys", (c) => array(world, at(c), [...object(c).keys()]))],
				["values", of("Object.values", (c) => array(world, at(c), [...object(c).values()]))],
				[
					"entries",
					of("Object.entries", (c) =>
						array(
							world,
							at(c),
							[...object(c)].map(([k, v]) => [k, v]),
						),
					),
				],
				["fromEntries", of("Object.fromEntries", (c) => new Map(items(world, at(c), c.args[0]).map((e) => pair(at(c), e))))],
			]),
		],
		["range", of("range", (c) => array(world, at(c), [...Array(count(at(c), c.args[0], "the count of range")).keys()]))],
		["BigInt", of("BigInt", (c) => BigInt(number(c, "BigInt")))],
		[
			"Number",
			of("Number", (c) => {
				const n = Number(number(c, "Number"));
				return Number.isSafeInteger(n) ? n : fail(c.source, c.node, "the number is not below 2^53 in size");
			}),
		],
		["String", of("String", (c) => textOf(at(c), c.args[0]))],
		["Boolean", of("Boolean", (c) => condition(at(c), c.args[0]))],
	]);
}
function pair(at: At, value: Value): [string, Value] {
	if (Array.isArray(value) && value.length === 2) return [textOf(at, value[0]), value[1]];
	return fail(at.source, at.node, "pairs [name, value] expected");
}
