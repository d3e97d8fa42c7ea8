import { describe, expect, it } from "vitest";
import { cellsRead } from "../../jit/lift/function.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { packIsa, unpackIsa } from "../../src/base/packed-isa.ts";
import { readSketch, sketchNames } from "../sketches/read.ts";
import { loadDefinition } from "../support/definition.ts";

const definitions: [string, () => Isa][] = [
	...[32, 64].map((XLEN): [string, () => Isa] => [`riscv XLEN=${XLEN}`, () => loadDefinition("riscv", { XLEN })]),
	...sketchNames.map((name): [string, () => Isa] => [name, () => loadIsa(readSketch(name))]),
];
/** Everything but functions, which cannot be compared, and what a packed definition has beside. */
const data = ({ reads: _, ...isa }: Isa): unknown => ({
	...isa,
	macros: isa.macros.map(({ expand: _, ...rest }) => rest),
	modifiers: [...isa.modifiers.keys()],
});

describe.each(definitions)("the packed definition of %s", (_, load) => {
	const isa = load();
	const packed = packIsa(isa);
	it("comes back the same", () => expect(data(unpackIsa(packed, () => isa))).toEqual(data(isa)));
	it("knows the cells that machine functions read", () => {
		const { reads } = unpackIsa(packed, () => isa);
		expect(Object.keys(reads!)).toEqual(Object.keys(isa.machine));
		for (const name of Object.keys(reads!) as (keyof Isa["machine"])[]) expect(new Set(reads![name])).toEqual(cellsRead(isa, [name]));
	});
	it("packs to the same text again", () => expect(packIsa(unpackIsa(packed, () => isa))).toBe(packed));
	it("loads the whole only when a macro or modifier runs", () => {
		let loads = 0;
		const again = unpackIsa(packed, () => {
			loads++;
			return isa;
		});
		expect(loads).toBe(0);
		for (const [name, modifier] of again.modifiers) expect(modifier(0x12345678n, 0x1000n)).toBe(isa.modifiers.get(name)!(0x12345678n, 0x1000n));
		expect(loads).toBe(again.modifiers.size > 0 ? 1 : 0);
	});
});

it("what cannot be packed is refused", () => {
	const isa = loadDefinition("riscv", { XLEN: 32 });
	expect(() => packIsa({ ...isa, title: (() => 1) as unknown as string })).toThrow("holds a function at isa.title");
	expect(() => packIsa({ ...isa, maxBytes: Number.NaN })).toThrow("holds a number at isa.maxBytes");
});
