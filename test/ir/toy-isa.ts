/** Nothing in, a small checked definition out that no text stands behind: cells of many widths, two memory spaces, a context register. */
import type { Cell } from "../../jit/base/layout.ts";
import type { Isa, RegisterFile } from "../../jit/spec/isa.ts";

/** r0..r7 (as wide as addresses; r0 is a zero register), d0..d3 64 bits, h0..h3 32, b0..b3 8, f0..f3 1, and odd widths; `mode` is context, `sys` privileged. */
export function toyIsa(addressBits: 16 | 32 | 64 = 32): Isa {
	const cells: Cell[] = [{ name: "pc", width: addressBits, kind: "general" }];
	const file = (name: string, count: number, width: number, zero = -1): RegisterFile => {
		const first = cells.length;
		for (let i = 0; i < count; i++) cells.push({ name: `${name}${i}`, width, kind: "general" });
		return {
			name,
			width,
			zero,
			places: Array.from({ length: count }, (_, i) => [{ cell: first + i, low: 0, width, write: "merge" as const }]),
			names: Array.from({ length: count }, (_, i) => [`${name}${i}`]),
		};
	};
	const files = [file("r", 8, addressBits, 0), file("d", 4, 64), file("h", 4, 32), file("b", 4, 8), file("f", 4, 1)];
	cells.push({ name: "odd17", width: 17, kind: "general" }, { name: "odd33", width: 33, kind: "general" }, { name: "odd47", width: 47, kind: "hidden" });
	const mode = cells.push({ name: "mode", width: 3, kind: "context" }) - 1;
	cells.push({ name: "sys", width: 32, kind: "system" });
	return {
		name: "toy",
		title: "Toy",
		variant: `toy ${addressBits}`,
		parameters: {},
		unitBytes: 2,
		maxBytes: 8,
		codeEndian: "little",
		addressBits,
		extensions: [],
		cells,
		contexts: [{ cell: mode, shift: 0, width: 3 }],
		files,
		names: new Map(cells.map((c, i) => [c.name, [{ cell: i, low: 0, width: c.width, write: "merge" as const }]])),
		memories: [
			{ name: "main", address: addressBits, endian: "little" },
			{ name: "io", address: 16, endian: "big" },
		],
		spaces: [],
		instructions: [],
		aliases: [],
		macros: [],
		modifiers: new Map(),
		machine: {},
		lines: new Map(),
		services: ["exit", "echo"],
		debugView: null,
	};
}
