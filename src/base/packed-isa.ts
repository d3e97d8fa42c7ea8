/**
 * A checked definition in, lines of text out, and back: so that a definition that was checked once need not be parsed again at every start. Each template is a line of
 * its own, read when it is first asked for: a program uses few of them, and all together are nine tenths of the text.
 */
import { Bug } from "../../jit/base/errors.ts";
import { makeOp, opNames } from "../../jit/ir/op.ts";
import { cellsRead } from "../../jit/lift/function.ts";
import type { Isa, MachineFunction, Template } from "../../jit/spec/isa.ts";

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

const opNumbers = new Map(opNames.map((name, i) => [name, i]));

/** The result, and eight numbers for each op. */
function packTemplate({ ops, result }: Template): string {
	return [result, ...ops.flatMap(({ op, w, a, b, c, lo, hi, d }) => [opNumbers.get(op), w, a, b, c, lo, hi, d])].join();
}
function unpackTemplate(line: string): Template {
	const n = JSON.parse(`[${line}]`) as number[];
	const ops = [];
	for (let i = 1; i < n.length; i += 8) ops.push(makeOp(opNames[n[i]!]!, n[i + 1]!, n[i + 2], n[i + 3], n[i + 4], n[i + 5], n[i + 6], n[i + 7]));
	return { ops, result: n[0]! };
}

/** Maps become `{"$map": [[key, value]...]}`, templates numbers of lines, static functions are left out (see `unpackIsa`); anything else that JSON cannot hold is a `Bug`. */
export function packIsa(isa: Isa): string {
	const lines: string[] = [];
	const template = (one: Template): number => lines.push(packTemplate(one));
	const plain = (value: unknown, path: string): Plain => {
		if (value === null || typeof value === "boolean" || typeof value === "string") return value;
		if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) return value;
		if (Array.isArray(value)) return value.map((v, i) => plain(v, `${path}[${i}]`));
		if (value instanceof Map) return { $map: [...value].map(([k, v]) => [plain(k, path), plain(v, `${path}.${String(k)}`)]) };
		if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
			return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [[k, plain(v, `${path}.${k}`)]])));
		}
		throw new Bug(`a checked definition holds a ${typeof value} at ${path}, which cannot be packed`);
	};
	const functions = Object.entries(isa.machine) as [MachineFunction, Template][];
	const head = {
		...isa,
		macros: isa.macros.map(({ expand: _, ...rest }) => rest),
		modifiers: [...isa.modifiers.keys()],
		instructions: isa.instructions.map((spec) => ({ ...spec, template: template(spec.template) })),
		spaces: isa.spaces.map((space) => ({
			...space,
			entries: [...space.entries.values()].map((entry) => ({
				...entry,
				read: entry.read && template(entry.read),
				write: entry.write && template(entry.write),
			})),
			missing: { read: template(space.missing.read), write: template(space.missing.write) },
		})),
		machine: Object.fromEntries(functions.map(([name, one]) => [name, template(one)])),
		reads: Object.fromEntries(functions.map(([name]) => [name, [...cellsRead(isa, [name])]])),
	};
	return [JSON.stringify(plain(head, "isa")), ...lines].join("\n");
}

type Numbered<T, K extends keyof T> = Omit<T, K> & { readonly [key in K]: number | null };
type Space = Isa["spaces"][number];
type Entry = Space["entries"] extends ReadonlyMap<number, infer E> ? E : never;
/** The first line. */
type Packed = Omit<Isa, "macros" | "modifiers" | "instructions" | "spaces" | "machine"> & {
	readonly macros: readonly Omit<Isa["macros"][number], "expand">[];
	readonly modifiers: readonly string[];
	readonly instructions: readonly Numbered<Isa["instructions"][number], "template">[];
	readonly spaces: readonly (Omit<Space, "entries" | "missing"> & {
		readonly entries: readonly Numbered<Entry, "read" | "write">[];
		readonly missing: Numbered<Space["missing"], "read" | "write">;
	})[];
	readonly machine: Readonly<Partial<Record<MachineFunction, number>>>;
};

/** Turns a packed map into one, in place. */
function unmap<K extends string>(owner: { readonly [key in K]: unknown }, key: K): void {
	(owner as Record<K, unknown>)[key] = new Map((owner[key] as { readonly $map: readonly [unknown, unknown][] }).$map);
}

/** The definition that `packIsa` wrote. `whole` loads it in full: called at most once, when the assembler first needs a macro's or modifier's own function. */
export function unpackIsa(text: string, whole: () => Isa): Isa {
	const lines = text.split("\n");
	const packed = JSON.parse(lines[0]!) as Packed;
	/** Has numbers of lines in these places read when they are looked at; answers the owner. */
	const lazily = <T extends object, K extends keyof T>(owner: T, ...places: readonly K[]): unknown => {
		for (const place of places) {
			const line = owner[place];
			if (typeof line !== "number") continue;
			if (lines[line] === undefined) throw new Bug(`a packed definition has ${lines.length} lines and asks for line ${line}`);
			let known: Template | undefined;
			Object.defineProperty(owner, place, { enumerable: true, get: () => (known ??= unpackTemplate(lines[line]!)) });
		}
		return owner;
	};
	// A reviver would be called for each of some ten thousand values; these are the places of maps.
	unmap(packed, "names");
	unmap(packed, "lines");
	for (const { operands } of packed.instructions) for (const { kind } of operands) if (kind.kind === "choice") unmap(kind, "names");
	if (packed.debugView) unmap(packed.debugView, "features");
	let loaded: Isa | undefined;
	const real = (): Isa => (loaded ??= whole());
	return {
		...packed,
		macros: packed.macros.map((m, i) => ({ ...m, expand: (values) => real().macros[i]!.expand(values) })),
		modifiers: new Map(packed.modifiers.map((name) => [name, (value: bigint, at: bigint) => real().modifiers.get(name)!(value, at)])),
		instructions: packed.instructions.map((spec) => lazily(spec, "template") as Isa["instructions"][number]),
		spaces: packed.spaces.map(
			(space): Space => ({
				...space,
				entries: new Map(space.entries.map((entry) => [entry.index, lazily(entry, "read", "write") as Entry])),
				missing: lazily(space.missing, "read", "write") as Space["missing"],
			}),
		),
		machine: lazily(packed.machine, ...(Object.keys(packed.machine) as MachineFunction[])) as Isa["machine"],
	};
}
