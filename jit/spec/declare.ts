/** The declarations about the ISA as a whole and its state: isa, parameter, extension, registers, state, views, file, memory, space. */
import type { Cell } from "../base/layout.ts";
import { argumentAt, arity, func, list, type Options, options, refuse, text, word } from "./arguments.ts";
import { type Draft, type Head, leftOut } from "./draft.ts";
import type { CellSlice } from "./isa.ts";
import { count } from "./methods.ts";
import type { At } from "./operators.ts";
import { fail } from "./source.ts";
import { Builtin, type Call, describe, FileValue, MemoryValue, Register, SpaceValue, type Value } from "./values.ts";

const kinds = ["general", "system", "context", "hidden"] as const;
const policies = ["merge", "zext", "sext"] as const;
const mostCells = 4096;
const mostContextBits = 31;

/** A declaration by name; `head` is handed in once isa() has been called. */
export type Define = (name: string, least: number, most: number, run: (call: Call, head: Head) => Value) => void;

export function defineOn(draft: Draft, all: Map<string, Value>): Define {
	return (name, least, most, run) => {
		const checked = (call: Call): Value => {
			arity(call, name, least, most);
			if (!draft.head) return fail(call.source, call.node, `isa(...) must be called before ${name}()`);
			return run(call, draft.head);
		};
		all.set(name, new Builtin(name, "declaration", checked));
	};
}

export function stateDeclarations(draft: Draft, docOf: (call: Call) => string): Map<string, Value> {
	const all = new Map<string, Value>();
	const define = defineOn(draft, all);
	all.set("isa", new Builtin("isa", "declaration", (call) => isa(draft, call)));
	all.set("parameter", new Builtin("parameter", "declaration", (call) => parameter(draft, call)));

	define("extension", 2, 3, (call) => {
		const o = options(call, 2, ["when", "requires"]);
		const file = draft.module?.name ?? call.source.name;
		if (!o.flag("when", true)) throw leftOut;
		const name = word(argumentAt(call, 0), call.args[0], "the extension's name");
		if (draft.extensions.has(file)) return fail(call.source, call.node, "one extension() a file; this file has one already");
		for (const other of draft.extensions.values())
			if (other.name === name) refuse(argumentAt(call, 0), `duplicate extension; it is also in ${other.file}`, name);
		const requires = o.has("requires") ? list(o.at("requires"), o.get("requires"), "requires").map((v) => text(o.at("requires"), v, "requires")) : [];
		const title = text(argumentAt(call, 1), call.args[1], "the extension's title");
		draft.extensions.set(file, { name, title, doc: docOf(call), file, requires, at: { source: call.source, node: call.node } });
		return undefined;
	});

	define("registers", 2, 2, (call) => {
		const name = word(argumentAt(call, 0), call.args[0], "the register file's name");
		const o = options(call, 1, ["count", "width", "zero", "names", "kind"]);
		const n = o.count("count", 1, 1024);
		const width = o.count("width", 1, 64);
		const kind = o.oneOf("kind", kinds, "general");
		const zero = o.count("zero", 0, n - 1, -1);
		const names = o.has("names") ? registerNames(o, n) : [...Array(n).keys()].map((i) => [`${name}${i}`]);
		const places = names.map((all, i) => {
			const usual = `${name}${i}`;
			const own = all.includes(usual) || all.length === 0 ? usual : (all[0] as string);
			const register = newCell(draft, o.at("names"), own, width, kind);
			for (const extra of all) if (extra !== own) addName(draft, o.at("names"), extra, register.parts);
			return register;
		});
		return addFile(draft, name, argumentAt(call, 0), width, zero, places, names);
	});

	define("state", 1, 2, (call) => {
		const o = options(call, 0, null);
		const kind = options(call, 1, ["kind"]).oneOf("kind", kinds, "general");
		return new Map(
			o.entries.map(([name, width]) => {
				const w = count(o.at(name), width, `the width of ${name}`, 1, 64);
				return [word(o.at(name), name, "a register's name"), newCell(draft, o.at(name), name, w, kind)];
			}),
		);
	});

	define("slice", 3, 3, (call) => {
		const register = call.args[0];
		if (!(register instanceof Register) || register.parts.length !== 1)
			return refuse(argumentAt(call, 0), `slice takes a register, this is ${describe(register)}`);
		const high = count(argumentAt(call, 1), call.args[1], "the high bit", 0, register.width - 1);
		const low = count(argumentAt(call, 2), call.args[2], "the low bit", 0, high);
		const part = register.parts[0] as CellSlice;
		return new Register(`${register.name}[${high}:${low}]`, high - low + 1, [{ ...part, low: part.low + low, width: high - low + 1 }]);
	});

	define("views", 1, 2, (call) => {
		const o = options(call, 0, null);
		const write = options(call, 1, ["write"]).oneOf("write", policies, "merge");
		return new Map(
			o.entries.map(([name, value]) => {
				const at = o.at(name);
				const register = joined(at, word(at, name, "a view's name"), Array.isArray(value) ? value : [value], write);
				addName(draft, at, name, register.parts);
				return [name, register];
			}),
		);
	});

	define("file", 2, 3, (call) => {
		const name = word(argumentAt(call, 0), call.args[0], "the register file's name");
		const at = argumentAt(call, 1);
		const o = options(call, 2, ["names", "write"]);
		const write = o.has("write") ? o.oneOf("write", policies) : undefined;
		const given = list(at, call.args[1], "the places of the file");
		if (given.length < 1 || given.length > 1024) return refuse(at, `a file of ${given.length} registers; 1 to 1024 expected`);
		const places = given.map((place, i) => {
			if (place === null) return null;
			if (!(place instanceof Register)) return refuse(at, `place ${i} of the file: a register, a slice or null expected, this is ${describe(place)}`);
			return write ? joined(at, place.name, [place], write) : place;
		});
		const width = places.find((p) => p !== null)?.width ?? refuse(at, "a file of nothing but holes");
		for (const p of places) if (p && p.width !== width) refuse(at, `width mismatch: register ${p.name} has ${p.width} bits, others of the file ${width}`);
		const names = o.has("names") ? registerNames(o, places.length) : places.map((p) => (p ? [p.name] : []));
		names.forEach((all, i) => {
			const place = places[i];
			if (place) for (const n of all) if (!n.includes("[")) addName(draft, o.has("names") ? o.at("names") : at, n, place.parts);
		});
		return addFile(draft, name, argumentAt(call, 0), width, -1, places, names);
	});

	define("memory", 2, 2, (call) => {
		const name = word(argumentAt(call, 0), call.args[0], "the memory's name");
		const o = options(call, 1, ["address", "endian"]);
		if (draft.memories.some((m) => m.name === name)) return refuse(argumentAt(call, 0), "duplicate memory", name);
		const memory = { name, address: o.count("address", 1, 64), endian: o.oneOf("endian", ["little", "big"], draft.memories[0]?.endian ?? "little") };
		draft.memories.push(memory);
		return new MemoryValue(name, draft.memories.length - 1, memory.address);
	});

	define("space", 2, 2, (call) => {
		const name = word(argumentAt(call, 0), call.args[0], "the space's name");
		const o = options(call, 1, ["index", "width", "missing"]);
		if (draft.spaces.some((s) => s.name === name)) return refuse(argumentAt(call, 0), "duplicate space", name);
		const missing = new Map(o.get("missing") instanceof Map ? (o.get("missing") as Map<string, Value>) : []);
		const read = func(o.at("missing"), missing.get("read"), "missing.read");
		const write = func(o.at("missing"), missing.get("write"), "missing.write");
		const space = { name, index: o.count("index", 1, 16), width: o.count("width", 1, 64) };
		draft.spaces.push({ ...space, read, write, entries: new Map(), names: new Set(), at: { source: call.source, node: call.node } });
		return new SpaceValue(name, draft.spaces.length - 1, space.index, space.width);
	});

	define("entry", 4, 4, (call) => {
		const space = call.args[0];
		if (!(space instanceof SpaceValue)) return refuse(argumentAt(call, 0), `entry takes a space, this is ${describe(space)}`);
		const to = draft.spaces[space.number] as Draft["spaces"][number];
		const index = count(argumentAt(call, 1), call.args[1], "the index", 0, 2 ** to.index - 1);
		const name = word(argumentAt(call, 2), call.args[2], "the entry's name");
		const o = options(call, 3, ["read", "write"]);
		const other = to.entries.get(index);
		if (other) return refuse(argumentAt(call, 1), `duplicate entry: index ${index} of ${to.name} is ${other.name}`);
		if (to.names.has(name)) return refuse(argumentAt(call, 2), `duplicate entry name in ${to.name}`, name);
		to.names.add(name);
		const part = (key: string) => (o.has(key) ? func(o.at(key), o.get(key), key) : null);
		to.entries.set(index, { index, name, read: part("read"), write: part("write"), doc: docOf(call), at: { source: call.source, node: call.node } });
		return undefined;
	});
	return all;
}

function isa(draft: Draft, call: Call): Value {
	arity(call, "isa", 2);
	if (draft.head) return fail(call.source, call.node, "one isa() only; this definition has one already");
	const o = options(call, 1, ["title", "unit", "endian", "address", "codeEndian"]);
	const unit = o.count("unit", 8, 32);
	if (unit !== 8 && unit !== 16 && unit !== 32) return refuse(o.at("unit"), `a unit of ${unit} bits; 8, 16 or 32 expected`);
	const endian = o.oneOf("endian", ["little", "big"], "little");
	const name = word(argumentAt(call, 0), call.args[0], "the ISA's name");
	const addressBits = o.count("address", 8, 64);
	const codeEndian = o.oneOf("codeEndian", ["little", "big"], endian);
	draft.head = { name, title: o.text("title"), unitBytes: unit / 8, endian, codeEndian, addressBits, at: { source: call.source, node: call.node } };
	draft.memories.push({ name: "main", address: addressBits, endian });
	newCell(draft, { source: call.source, node: call.node }, "pc", addressBits, "general");
	return undefined;
}

function parameter(draft: Draft, call: Call): Value {
	arity(call, "parameter", 3);
	const at = argumentAt(call, 0);
	const name = word(at, call.args[0], "the parameter's name");
	if (draft.parameters.has(name)) return refuse(at, "duplicate parameter", name);
	const allowed = list(argumentAt(call, 1), call.args[1], "the allowed values").map((v) => count(argumentAt(call, 1), v, "an allowed value", -1e15, 1e15));
	const fallback = count(argumentAt(call, 2), call.args[2], "the usual value", -1e15, 1e15);
	const value = draft.asked.get(name) ?? fallback;
	const from = draft.asked.has(name) ? "asked for" : "the usual value";
	if (!allowed.includes(value))
		return refuse({ source: call.source, node: call.node }, `parameter ${name} = ${value} (${from}); one of ${allowed.join(", ")} expected`);
	draft.parameters.set(name, value);
	return value;
}

function registerNames(o: Options, n: number): string[][] {
	const at = o.at("names");
	const all = list(at, o.get("names"), "names").map((names) => list(at, names, "the names of a register").map((name) => text(at, name, "a register's name")));
	if (all.length !== n) return refuse(at, `names for ${all.length} registers; the file has ${n}`);
	for (const name of all.flat()) if (!/^[^\s,{}]+$/.test(name)) refuse(at, "a register's name: no spaces, commas or braces expected", name);
	return all;
}

function newCell(draft: Draft, at: At, name: string, width: number, kind: Cell["kind"]): Register {
	if (draft.cells.length >= mostCells) refuse(at, `more than ${mostCells} registers`);
	const cell = draft.cells.length;
	draft.cells.push({ name, width, kind });
	const used = kind !== "context" ? 0 : draft.cells.reduce((sum, c) => sum + (c.kind === "context" ? c.width : 0), 0);
	if (used > mostContextBits) refuse(at, `${used} bits of context registers; at most ${mostContextBits}`);
	const register = new Register(name, width, [{ cell, low: 0, width, write: "merge" }]);
	addName(draft, at, name, register.parts);
	return register;
}

function addName(draft: Draft, at: At, name: string, parts: readonly CellSlice[]): void {
	const other = draft.names.get(name);
	const same = other?.length === parts.length && other.every((p, i) => p.cell === parts[i]?.cell && p.low === parts[i]?.low && p.width === parts[i]?.width);
	if (other && !same) refuse(at, `duplicate register name ${JSON.stringify(name)}`);
	draft.names.set(name, parts);
}

function addFile(
	draft: Draft,
	name: string,
	at: At,
	width: number,
	zero: number,
	places: readonly (Register | null)[],
	names: readonly (readonly string[])[],
): FileValue {
	if (draft.files.some((f) => f.name === name)) refuse(at, "duplicate register file", name);
	draft.files.push({ name, width, zero, places: places.map((p) => p?.parts ?? null), names });
	return new FileValue(name, draft.files.length - 1, width, zero, places);
}

/** A register made of others, most significant first. */
function joined(at: At, name: string, parts: readonly Value[], write: CellSlice["write"]): Register {
	const slices: CellSlice[] = [];
	for (const part of parts) {
		if (!(part instanceof Register)) return refuse(at, `a register or slice expected, this is ${describe(part)}`);
		for (const p of part.parts) {
			const twice = slices.some((o) => o.cell === p.cell && o.low < p.low + p.width && p.low < o.low + o.width);
			if (twice) return refuse(at, `the bits of ${part.name} stand twice in ${name}`);
			slices.push({ ...p, write });
		}
	}
	const width = slices.reduce((sum, p) => sum + p.width, 0);
	if (width < 1 || width > 64) return refuse(at, `a view of ${width} bits; 1 to 64 expected`);
	return new Register(name, width, slices);
}
