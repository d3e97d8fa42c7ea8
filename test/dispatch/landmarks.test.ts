import { describe, expect, it } from "vitest";
import { createLandmarks } from "../../jit/dispatch/landmarks.ts";
import type { Block } from "../../jit/ir/block.ts";

/** A block of one instruction of four bytes that leaves the address behind itself in cell 1, and jumps. */
const call = (pc: number, to: number): Block => ({
	pc,
	context: 0,
	count: 1,
	bytes: 4,
	ops: [
		{ op: "insn", w: 0, a: 0, b: 4, c: 0, d: 0, lo: pc, hi: 0 },
		{ op: "const", w: 32, a: 0, b: 0, c: 0, d: 0, lo: pc + 4, hi: 0 },
		{ op: "setreg", w: 32, a: 1, b: 0, c: 0, d: 0, lo: 1, hi: 0 },
	],
	end: { kind: "jump", to, context: 0 },
});

describe("what code has shown of itself", () => {
	it("is known by its place: a return at an address says nothing of another process's switch there", () => {
		const landmarks = createLandmarks();
		const [place, other] = [0x5000, 0x9000];
		landmarks.learn(call(0x1000, 0x1800), place, false);
		landmarks.jumped(place + 0x800, place, -0x800);
		expect([landmarks.asks(place + 0x800), landmarks.arms(place + 0x800)]).toEqual([false, []]);
		for (const distance of [64, 16, 32, 16]) landmarks.jumped(other + 0x800, other + 0x800 + distance, distance);
		expect([landmarks.asks(other + 0x800), landmarks.arms(other + 0x800)]).toEqual([true, [16, 32, 64]]);
	});
	it("does not take what was seen before its call for the arm of a switch", () => {
		const landmarks = createLandmarks();
		landmarks.jumped(0x5800, 0x5004, -0x7fc);
		landmarks.jumped(0x5800, 0x5900, 0x100);
		landmarks.learn(call(0x1000, 0x1800), 0x5004, true);
		expect(landmarks.arms(0x5800)).toEqual([0x100]);
	});
	it("keeps functions where addresses are translated apart from those where they are not", () => {
		const landmarks = createLandmarks();
		landmarks.learn(call(0x1000, 0x1800), 0x5004, true);
		landmarks.learn(call(0x1000, 0x1900), 0x7004, false);
		expect([true, false].map((plain) => landmarks.functionOf(0x1a00, plain))).toEqual([0x1800, 0x1900]);
		expect([true, false].map((plain) => landmarks.functionOf(0x2a00, plain))).toEqual([0x1800, null]);
	});
	it.each([
		["plain", true, 16],
		["translated", false, 64],
	] as const)(
		"sets an instruction apart (%s) that needs the interpreter %s %d times in quick succession, not one that does so now and then",
		(_, plain, most) => {
			const landmarks = createLandmarks();
			for (let i = 1; i < 10 * most; i++) expect(landmarks.assisted(0x1000, plain, i * 2 ** 17)).toBe(false);
			for (let i = 1; i < most; i++) expect(landmarks.assisted(0x2000, plain, 2 ** 30 + i)).toBe(false);
			expect([landmarks.assisted(0x2000, plain, 2 ** 30 + most), landmarks.apart.has(0x2000), landmarks.apart.has(0x1000)]).toEqual([true, true, false]);
		},
	);
});
