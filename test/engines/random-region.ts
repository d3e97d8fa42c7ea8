/** A seed and an ISA in, a region of random blocks that go to one another out. */
import type { Block, Region, Terminator } from "../../jit/ir/block.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { Random } from "../ir/random.ts";
import { type RandomBlockOptions, randomBlock } from "../ir/random-block.ts";

/** 1 to `most` blocks, `0x100` bytes apart from `options.pc` (default 0x1000) on, all of one context; `plain` by the seed. */
export function randomRegion(seed: number, isa: Isa, most = 4, options: RandomBlockOptions = {}): Region {
	const random = new Random(seed ^ 0x2545f491);
	const first = options.pc ?? 0x1000;
	const pcs = Array.from({ length: 1 + random.below(most) }, (_, i) => first + i * 0x100);
	const blocks = pcs.map((pc, i): Block => {
		const block = randomBlock(seed * 16 + i, isa, {
			...options,
			pc,
			targets: [...pcs, first + 0x800],
			...(random.once(2) ? { ends: ["jump", "branch"] } : {}),
		});
		return { ...block, context: 0, end: "context" in block.end ? ({ ...block.end, context: 0 } as Terminator) : block.end };
	});
	return { blocks, plain: random.once(2) };
}
