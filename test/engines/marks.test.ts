import { expect, it } from "vitest";
import { Marks } from "../../jit/emit/wasm/marks.ts";
import type { Block } from "../../jit/ir/block.ts";
import { defaultLimit } from "../../jit/lift/lift.ts";
import { reach } from "../../jit/lift/region.ts";

const block = (pc: number, count: number): Block => ({
	pc,
	context: 0,
	ops: [],
	end: { kind: "leave", status: 1, pc: pc + 4 * count },
	count,
	bytes: 4 * count,
});

it("marks of the Wasm engine hold every place in the widest region with the longest blocks", () => {
	const blocks = [block(0x8000_0000 - reach, 1), block(0x8000_0000, defaultLimit), block(0x8000_0000 + reach, defaultLimit)];
	expect(() => new Marks({ blocks, plain: true })).not.toThrow();
	expect(() => new Marks({ blocks: [...blocks, block(0x8000_0000 + 3 * reach, 1)], plain: true })).toThrow("too big");
});
