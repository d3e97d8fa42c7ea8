import { describe, expect, it } from "vitest";
import type { Block } from "../../jit/ir/block.ts";
import { parseBlock } from "../../jit/ir/parse.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { optimize, passes } from "../../jit/opt/optimize.ts";
import { createRig } from "../engines/rig.ts";
import { rounds } from "../ir/random.ts";
import { randomBlock, randomCells } from "../ir/random-block.ts";
import { toyIsa } from "../ir/toy-isa.ts";

const isa = toyIsa(32);

/** name, before, after: lines of a block without its first and last line */
const cases: readonly [name: string, pass: string, before: string, after: string][] = [
	[
		"a register written twice in a row is written once",
		"dead-set",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x2 2 ; 1|setreg:32 r1 %1",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|insn 0x2 2 ; 1|setreg:32 r1 %1",
	],
	[
		"a load between two writes may leave, so both stay",
		"dead-set",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x2 2 ; 1|%4:32 = load main 1 %1|setreg:32 r1 %1",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x2 2 ; 1|%4:32 = load main 1 %1|setreg:32 r1 %1",
	],
	[
		"a read between two writes keeps both",
		"dead-set",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x2 2 ; 1|%4:32 = getreg r1|setreg:32 r2 %4|setreg:32 r1 %1",
		"insn 0x0 2 ; 0|%1:32 = const 0x1|setreg:32 r1 %1|insn 0x2 2 ; 1|%4:32 = getreg r1|setreg:32 r2 %4|setreg:32 r1 %1",
	],
	[
		"a value nobody uses goes, and what only it used",
		"dead-value",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:32 = add %1 %1|%3:32 = getreg r2|setreg:32 r3 %3",
		"insn 0x0 2 ; 0|%1:32 = getreg r2|setreg:32 r3 %1",
	],
	[
		"an if with nothing left in it goes",
		"dead-value",
		"insn 0x0 2 ; 0|%1:1 = getreg f0|if %1|%3:32 = getreg r1|else|end|%6:32 = getreg r2|setreg:32 r3 %6",
		"insn 0x0 2 ; 0|%1:32 = getreg r2|setreg:32 r3 %1",
	],
	[
		"a load nobody uses stays, because it may fault",
		"dead-value",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:32 = load main 1 %1",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:32 = load main 1 %1",
	],
	[
		"the same sum is made once",
		"merge-values",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:32 = add %1 %1|%3:32 = add %1 %1|%4:32 = xor %3 %2|setreg:32 r3 %4",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:32 = add %1 %1|%3:32 = xor %2 %2|setreg:32 r3 %3",
	],
	[
		"a sum made in one arm is made again in the other",
		"merge-values",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:1 = getreg f0|if %2|%4:32 = add %1 %1|store:32 main %4 %1|else|%7:32 = add %1 %1|store:32 main %1 %7|end",
		"insn 0x0 2 ; 0|%1:32 = getreg r1|%2:1 = getreg f0|if %2|%4:32 = add %1 %1|store:32 main %4 %1|else|%7:32 = add %1 %1|store:32 main %1 %7|end",
	],
];

const whole = (lines: string): Block => {
	const count = lines.split("insn").length - 1;
	return parseBlock(`block 0x0 context 0 count ${count} bytes ${2 * count}\n${lines.replaceAll("|", "\n")}\njump 0x${2 * count} context 0`, isa);
};

describe("passes", () => {
	for (const [name, pass, before, after] of cases)
		it(name, () => {
			const block = whole(before);
			expect(verifyBlock(block, isa)).toEqual([]);
			const text = printBlock(block, isa);
			expect(printBlock((passes.get(pass) as (b: Block) => Block)(block), isa)).toBe(printBlock(whole(after), isa));
			expect(printBlock(block, isa), "the block that came in stays as it is").toBe(text);
		});
});

describe("C7: a pass keeps meaning", () => {
	for (const bits of [32, 64] as const)
		it(`interpreting before = after, every pass valid, over random ${bits}-bit blocks`, () => {
			const toy = toyIsa(bits);
			const rig = createRig(toy);
			let shorter = 0;
			for (let seed = 1; seed <= rounds(10000); seed++) {
				const block = randomBlock(seed, toy);
				let now = block;
				for (const [name, pass] of passes) {
					now = pass(now);
					const wrong = verifyBlock(now, toy);
					if (wrong.length) expect.fail(`seed ${seed}: ${name} breaks ${wrong.join("; ")}\n${printBlock(block, toy)}\n${printBlock(now, toy)}`);
				}
				if (now.ops.length < block.ops.length) shorter++;
				const cells = randomCells(seed, toy, block);
				rig.reset(seed, cells);
				const before = rig.interpret({ blocks: [block], plain: false }, 40);
				rig.reset(seed, cells);
				const after = rig.interpret({ blocks: [now], plain: false }, 40);
				if (JSON.stringify(before) !== JSON.stringify(after)) expect(after, `seed ${seed}\n${printBlock(block, toy)}\n${printBlock(now, toy)}`).toEqual(before);
			}
			expect(shorter).toBeGreaterThan(rounds(10000) / 2);
			expect(optimize(randomBlock(1, toy)).ops.length).toBeLessThanOrEqual(randomBlock(1, toy).ops.length);
		});
});
