/** Random regions of IR on the Wasm engine and the interpreter: what comes out is the same, down to the last cell and byte. */
import { describe, expect, it } from "vitest";
import { loadBinaryen } from "../../jit/emit/wasm/binaryen.ts";
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import type { Block, Region } from "../../jit/ir/block.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { Random, rounds } from "../ir/random.ts";
import { randomBlock, randomCells } from "../ir/random-block.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { allApart, Testbed } from "./testbed.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);
const perModule = 50;
const runs = 3;

const bigEndian = (isa: Isa): Isa => ({ ...isa, memories: [{ ...isa.memories[0], endian: "big" }, isa.memories[1]] });
const signed = (pc: number, isa: Isa) => (isa.addressBits > 32 ? pc : pc);

/** A region of one to five random blocks that jump to each other and out. */
function randomRegion(random: Random, isa: Isa, base: number, bytes: number, pc: number): Region {
	const count = random.pick([1, 1, 1, 2, 3, 5]);
	const starts = Array.from({ length: count }, (_, i) => pc + 64 * i);
	const targets = [...starts, ...starts, pc + 0x800, pc + 64 * count];
	const blocks: Block[] = [];
	for (const start of starts) {
		const block = randomBlock(random.word(), isa, { pc: signed(start, isa), base, bytes, targets, instructions: 6 });
		if (!blocks.some((b) => b.pc === block.pc && b.context === block.context)) blocks.push(block);
	}
	// One context for all, so that jumps stay inside.
	const context = blocks[0].context;
	const same = blocks.map((block) => ({ ...block, context, end: "context" in block.end ? { ...block.end, context } : block.end }) as Block);
	return { blocks: same, plain: !random.once(4), ...(random.once(2) ? { apart: allApart(same) } : {}) };
}

const table: [name: string, isa: Isa, base: number, pc: number][] = [
	["32-bit addresses", toyIsa(32), 0x80002000, 0x80000400],
	["64-bit addresses", toyIsa(64), 0x80002000, 0x80000400],
	["64-bit addresses, code at the top", toyIsa(64), 0x100002000, -0x1000],
	["16-bit addresses, RAM from 0", toyIsa(16), 0, 0x1000],
	["big-endian memory", bigEndian(toyIsa(32)), 0x2000, 0x1000],
];

describe("the Wasm engine agrees with the interpreter on random regions", () => {
	it.each(table)("%s", async (_, isa, base, pc) => {
		const bytes = 0x4000;
		const bed = new Testbed(isa, { base, bytes: 0x3800, flagged: [2] });
		const readable = createWasmEmitter(isa, bed.layout, bed.env, await loadBinaryen());
		const written = createWasmEmitter(isa, bed.layout, bed.env);
		const random = new Random(seed);
		const ram = Uint8Array.from({ length: bed.ramBytes }, () => random.word());
		let compared = 0;
		let givenBack = 0;
		for (let module = 0; module < rounds(20); module++) {
			const regions = Array.from({ length: perModule }, () => randomRegion(random, isa, base, bytes, pc));
			for (const region of regions) for (const block of region.blocks) expect(verifyBlock(block, isa)).toEqual([]);
			const makers = [written, readable].map((emitter) => emitter.emitMany(regions));
			regions.forEach((region, i) => {
				for (let run = 0; run < runs; run++) {
					const cells = randomCells(random.word(), isa, region.blocks[0]);
					const budget = random.pick([0, 1, 3, 10, 100]);
					const label = random.below(region.blocks.length);
					bed.reset(cells, budget, ram);
					const wanted = bed.runInterpreted(region, label);
					for (const [by, units] of makers.entries()) {
						bed.reset(cells, budget, ram);
						const got = bed.runUnit(units[i]!, label);
						const { differences, gaveBack } = bed.compare(region, label, wanted, got, () => bed.reset(cells, budget, ram));
						compared++;
						if (gaveBack) givenBack++;
						if (differences.length === 0) continue;
						const listing = region.blocks.map((block) => printBlock(block, isa)).join("\n");
						const where = `seed ${seed}, module ${module}, region ${i}, run ${run}, label ${label}, budget ${budget}, by ${["the writer", "Binaryen"][by]}, plain ${region.plain}`;
						expect.fail(`${where}\nInterpreter, Wasm:\n${differences.join("\n")}\n${listing}\n${readable.text(region)}`);
					}
				}
			});
		}
		// the rule is that translated code does it itself
		expect(givenBack).toBeLessThan(compared / 10);
	});
});
