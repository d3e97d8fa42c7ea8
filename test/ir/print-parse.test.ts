import { describe, expect, it } from "vitest";
import { parseBlock } from "../../jit/ir/parse.ts";
import { printBlock } from "../../jit/ir/print.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { rounds } from "./random.ts";
import { randomBlock } from "./random-block.ts";
import { toyIsa } from "./toy-isa.ts";

describe("the text of a block", () => {
	for (const bits of [32, 64] as const)
		it(`of random ${bits}-bit blocks is read back as the same valid block`, () => {
			const isa = toyIsa(bits);
			for (let seed = 1; seed <= rounds(2000); seed++) {
				const block = randomBlock(seed, isa);
				expect(verifyBlock(block, isa), `seed ${seed}\n${printBlock(block, isa)}`).toEqual([]);
				expect(parseBlock(printBlock(block, isa), isa), `seed ${seed}`).toEqual(block);
			}
		});
});
