/** A checked definition in, one line of text out, and back: so that a definition that was checked once need not be parsed again at every start. */
import { Bug } from "../../jit/base/errors.ts";
import type { Isa } from "../../jit/spec/isa.ts";

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Maps become `{"$map": [[key, value]...]}`, static functions are left out (see `unpackIsa`); anything else that JSON cannot hold is a `Bug`. */
export function packIsa(isa: Isa): string {
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
	return JSON.stringify({
		...(plain({ ...isa, macros: [], modifiers: new Map() }, "isa") as object),
		macros: isa.macros.map(({ expand: _, ...rest }, i) => plain(rest, `isa.macros[${i}]`)),
		modifiers: [...isa.modifiers.keys()],
	});
}

type Packed = Omit<Isa, "macros" | "modifiers"> & { readonly macros: readonly Omit<Isa["macros"][number], "expand">[]; readonly modifiers: readonly string[] };

/** Turns a packed map into one, in place. */
function unmap<K extends string>(owner: { readonly [key in K]: unknown }, key: K): void {
	(owner as Record<K, unknown>)[key] = new Map((owner[key] as { readonly $map: readonly [unknown, unknown][] }).$map);
}

/** The definition that `packIsa` wrote. `whole` loads it in full: called at most once, when the assembler first needs a macro's or modifier's own function. */
export function unpackIsa(text: string, whole: () => Isa): Isa {
	const packed = JSON.parse(text) as Packed;
	// A reviver would be called for each of some hundred thousand values; these are the places of maps.
	unmap(packed, "names");
	unmap(packed, "lines");
	for (const space of packed.spaces) unmap(space, "entries");
	for (const { operands } of packed.instructions) for (const { kind } of operands) if (kind.kind === "choice") unmap(kind, "names");
	if (packed.debugView) unmap(packed.debugView, "features");
	let loaded: Isa | undefined;
	const real = (): Isa => (loaded ??= whole());
	return {
		...packed,
		macros: packed.macros.map((m, i) => ({ ...m, expand: (values) => real().macros[i]!.expand(values) })),
		modifiers: new Map(packed.modifiers.map((name) => [name, (value: bigint, at: bigint) => real().modifiers.get(name)!(value, at)])),
	};
}
