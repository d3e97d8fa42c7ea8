import { describe, expect, it } from "vitest";
import { Status } from "../../jit/base/status.ts";
import type { Region } from "../../jit/ir/block.ts";
import { verifyBlock } from "../../jit/ir/verify.ts";
import { formRegion } from "../../jit/lift/region.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { codeAt, templateOf, toyLifter } from "./toy-code.ts";

const isa = toyIsa(32);
/** number 0: r1 += 1; 1: if (r1 == r2) jump pc + 2 * operand; 2: jump pc + 2 * operand; 3: privileged; 4: jump r1; 5: r2 = pc + 2, jump pc + 2 * operand */
const jumpTo = "%0:32 = pc|%1:32 = operand 2|%2:32 = add %1 %1|%3:32 = add %0 %2";
const { lifter } = toyLifter(
	[
		{ template: templateOf("%0:32 = getreg r1|%1:32 = const 0x1|%2:32 = add %0 %1|setreg:32 r1 %2", isa) },
		{ template: templateOf(`${jumpTo}|%4:32 = getreg r1|%5:32 = getreg r2|%6:1 = eq %4 %5|if %6|jump %3|else|end`, isa) },
		{ template: templateOf(`${jumpTo}|jump %3`, isa) },
		{ template: templateOf("wait", isa), privileged: true },
		{ template: templateOf("%0:32 = getreg r1|jump %0", isa) },
		{ template: templateOf(`${jumpTo}|%4:32 = const 0x2|%5:32 = add %0 %4|setreg:32 r2 %5|jump %3`, isa) },
	],
	isa,
);
const add = [0, 0];
const branch = (by: number): number[] => [1, by & 255];
const jump = (by: number): number[] => [2, by & 255];
const privileged = [3, 0];
const indirect = [4, 0];

function form(code: number[][], o: { pc?: number; maxBlocks?: number; maxInstructions?: number } = {}): Region {
	const pc = o.pc ?? 0x1000;
	const region = formRegion(lifter, codeAt(pc, code.flat()), pc, 0, {
		maxBlocks: o.maxBlocks ?? 50,
		maxInstructions: o.maxInstructions ?? 500,
		plain: true,
		contexts: isa.contexts,
	});
	if (!("blocks" in region)) throw new Error("no region");
	for (const block of region.blocks) expect(verifyBlock(block, isa)).toEqual([]);
	return region;
}
const shape = (r: Region): string[] => r.blocks.map((b) => `${b.pc.toString(16)}+${b.count}`);

describe("a region", () => {
	it("holds the blocks reached by known jumps and branches, the asked one first", () => {
		expect(shape(form([add, branch(3), add, jump(-3), add, privileged]))).toEqual(["1000+2", "1004+2", "1008+1"]);
	});
	it("cuts a block where a loop goes back to, so that nothing is translated twice", () => {
		const region = form([add, add, add, branch(-2), privileged]);
		expect(shape(region)).toEqual(["1000+1", "1002+3"]);
		expect(region.blocks[0].end).toEqual({ kind: "jump", to: 0x1002, context: 0 });
	});
	it("stays in its page", () => {
		expect(shape(form([add, branch(20), jump(4), add, privileged], { pc: 0x1ff8 }))).toEqual(["1ff8+2", "1ffc+1"]);
	});
	it("keeps to its limits of blocks and instructions", () => {
		const code = Array.from({ length: 40 }, () => branch(2));
		expect(form(code, { maxBlocks: 7 }).blocks.length).toBe(7);
		expect(form(code, { maxInstructions: 9 }).blocks.reduce((n, b) => n + b.count, 0)).toBe(9);
	});
	it("holds the arms of a switch where they lie close together, and leaves out those far away", () => {
		const code = new Uint8Array(0x20000);
		code.set([indirect, privileged, add, privileged, add, privileged].flat());
		code.set([...add, ...privileged], 0x10000);
		const arms = [0x1004, 0x1008, 0x11000];
		const o = { maxBlocks: 9, maxInstructions: 99, plain: true, reach: 1 << 20, jumps: (behind: number) => (behind === 0x1002 ? arms : []) };
		const region = formRegion(lifter, codeAt(0x1000, [...code]), 0x1000, 0, o) as Region;
		expect(shape(region)).toEqual(["1000+1", "1004+1", "1008+1"]);
		expect(region.jumps).toEqual(new Map([[0x1002, [0x1004, 0x1008]]]));
	});
	it("holds copies of a small callee in the place of its calls, behind each the way back", () => {
		// a call is a jump that leaves the address behind it in r2; the callee's two blocks end in an indirect jump
		const call = (by: number): number[] => [5, by & 255];
		const code = [call(6), add, call(4), add, privileged, privileged, branch(2), add, indirect];
		const o = { maxBlocks: 9, maxInstructions: 99, plain: true, calls: true, reach: 1 << 10 };
		const inline = { maxBlocks: 3, maxInstructions: 9, total: 99, worth: () => true };
		const formed = (options: object): Region => formRegion(lifter, codeAt(0x1000, code.flat()), 0x1000, 0, { ...o, ...options }) as Region;
		const copied = formed({ inline });
		expect(shape(copied)).toEqual(["1000+1", "100c+1", "100e+1", "1010+1", "1002+2", "100c+1", "100e+1", "1010+1", "1006+1"]);
		expect(copied.copies).toEqual([-1, 0, 0, 0, -1, 4, 4, 4, -1]);
		for (const without of [
			{},
			{ inline: { ...inline, maxBlocks: 2 } },
			{ inline: { ...inline, maxInstructions: 2 } },
			{ inline: { ...inline, worth: () => false } },
		]) {
			expect(shape(formed(without))).toEqual(["1000+1", "1002+2", "1006+1"]);
			expect(formed(without).copies).toBeUndefined();
		}
		expect(formed({ inline: { ...inline, total: 3 } }).copies).toEqual([-1, 0, 0, 0, -1, -1]);
	});
	it("cannot begin where no block can: the status says why", () => {
		const o = { maxBlocks: 1, maxInstructions: 1, plain: true };
		expect(formRegion(lifter, codeAt(0x1000, privileged), 0x1000, 0, o)).toMatchObject({ status: Status.privileged });
	});
});
