/** The JavaScript engine against the interpreter: random blocks and regions, full state after every run. */
import { describe, expect, it } from "vitest";
import { createJsEmitter } from "../../jit/emit/js/emit.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { Random, rounds } from "../ir/random.ts";
import { randomCells } from "../ir/random-block.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { randomRegion } from "./random-region.ts";
import { createRig, type RigOptions } from "./rig.ts";

const cases: { name: string; bits: 16 | 32 | 64; big?: boolean; rig: RigOptions; high?: number }[] = [
	{ name: "16-bit addresses", bits: 16, rig: {} },
	{ name: "32-bit addresses", bits: 32, rig: {} },
	{ name: "64-bit addresses", bits: 64, rig: {} },
	{ name: "a big-endian main memory", bits: 32, big: true, rig: {} },
	{ name: "RAM at 2 GiB", bits: 32, rig: { base: 0x80002000 } },
	{ name: "RAM at the top of 32 bits", bits: 32, rig: { base: 0xffffe000 } },
	{ name: "RAM across 4 GiB", bits: 64, rig: { base: 0xfffff000 } },
	{ name: "RAM and code above 4 GiB", bits: 64, rig: { base: 0x3_80000000 }, high: 0x7f_00001000 },
	{ name: "code at negative addresses", bits: 64, rig: {}, high: -0x80000000 },
];

describe("js = interpret", () => {
	it.each(cases)("agrees with the interpreter on random regions: $name", ({ bits, big, rig: where, high }) => {
		const toy = toyIsa(bits);
		const isa = big ? { ...toy, memories: toy.memories.map((m) => ({ ...m, endian: "big" as const })) } : toy;
		const rig = createRig(isa, where);
		const emitter = createJsEmitter(isa, rig.layout, rig.env);
		for (let seed = 0; seed < rounds(1500); seed++) {
			const region = randomRegion(seed, isa, 4, { base: rig.env.ram.base, bytes: rig.env.ram.bytes, ...(high === undefined ? {} : { pc: high }) });
			const budget = new Random(seed).below(40);
			const cells = randomCells(seed, isa, region.blocks[0]!);
			rig.reset(seed, cells);
			const expected = rig.interpret(region, budget);
			rig.reset(seed, cells);
			const found = rig.run(emitter.emit(region), region, budget);
			if (JSON.stringify(found) !== JSON.stringify(expected)) {
				const listing = region.blocks.map((block) => printBlock(block, isa)).join("\n");
				expect({ seed, ...found, ram: "", listing, text: emitter.text(region) }).toEqual({ seed, ...expected, ram: "", listing, text: "" });
				expect(found.ram, `seed ${seed}: RAM`).toBe(expected.ram);
			}
		}
	});
});

describe("js: the text", () => {
	const isa = toyIsa(64);
	const names = ["*/process.exit()//", "__proto__", "r1_lo", "`$" + "{x}`", "if", "", "`", "r2\n", "state"];
	const odd = { ...isa, cells: isa.cells.map((cell, i) => ({ ...cell, name: i > 0 ? (names[i % names.length] ?? "") : cell.name })) };

	it("holds only numbers and our own names, whatever the cells of a definition are called", () => {
		const rig = createRig(odd);
		const emitter = createJsEmitter(odd, rig.layout, rig.env);
		for (let seed = 0; seed < 200; seed++) {
			const region = randomRegion(seed, odd);
			const cells = randomCells(seed, odd, region.blocks[0]!);
			expect(emitter.text(region)).toMatch(/^[\w\s(){}[\];:,.=<>!?|&^~+\-*"/]*$/);
			expect(emitter.text(region)).not.toMatch(/(?<!\br_\w*)(process|proto|exit)|\*\//);
			rig.reset(seed, cells);
			const expected = rig.interpret(region, 30);
			rig.reset(seed, cells);
			expect(rig.run(emitter.emit(region), region, 30), `seed ${seed}`).toEqual(expected);
		}
	});

	it("says where each guest instruction begins", () => {
		const rig = createRig(isa);
		const emitter = createJsEmitter(isa, rig.layout, rig.env);
		for (let seed = 0; seed < 50; seed++) {
			const region = randomRegion(seed, isa);
			const comments = emitter.text(region).match(/^\s*\/\/ [0-9a-f]+: instruction \d+$/gm);
			expect(comments?.length).toBe(region.blocks.reduce((sum, { count }) => sum + count, 0));
		}
	});

	it("is the same for the same region", () => {
		const rig = createRig(isa);
		const region = randomRegion(7, isa);
		expect(createJsEmitter(isa, rig.layout, rig.env).text(region)).toBe(createJsEmitter(isa, rig.layout, rig.env).text(region));
	});
});
