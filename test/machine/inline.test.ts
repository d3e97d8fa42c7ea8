import { describe, expect, it } from "vitest";
import type { Region } from "../../jit/ir/block.ts";
import { policies } from "../../jit/tier/policy.ts";
import { at, inSupervisor } from "./paged.ts";
import { type Bits, base, finish, rig, runAlike } from "./rig.ts";

const times = 60;
/** Functions that are called from a loop, with a number in a0, and whether a copy of them stands in the place of their call. */
const callees: readonly [what: string, body: string, copied: boolean][] = [
	["straight on", "callee: add s2, s2, a0\nret", true],
	["with a branch and two ends", "callee: andi t0, a0, 1\nbeqz t0, even\nadd s2, s2, a0\nret\neven: xori s2, s2, 5\nret", true],
	["with a loop", "callee: andi t0, a0, 7\nround: add s2, s2, t0\naddi t0, t0, -1\nbgtz t0, round\nret", true],
	["that calls another one", "callee: mv s6, ra\ncall other\nadd s2, s2, a0\njr s6\nother: slli s3, a0, 1\nxor s2, s2, s3\nret", true],
	["that ends in a jump to another one", "callee: addi s2, s2, 1\nj other\nother: add s2, s2, a0\nret", true],
	["that goes back to somewhere else at times", "callee: andi t0, a0, 3\nbnez t0, same\naddi ra, ra, 4\nsame: add s2, s2, a0\nret", true],
	["that goes back by another register", "callee: mv t1, ra\nli ra, 0\nadd s2, s2, a0\njr t1", true],
	["that traps at times", "callee: andi t0, a0, 3\nbnez t0, fine\nlw s3, 0(x0)\nfine: add s2, s2, a0\nret", true],
	["that stores where code is", "callee: la t0, callee\nlw t1, 0(t0)\nsw t1, 0(t0)\nadd s2, s2, a0\nret", false],
	[
		"that rewrites itself",
		"callee: la t0, word\nlw t1, 0(t0)\nli t2, 0x100000\nxor t1, t1, t2\nsw t1, 0(t0)\nfence.i\nword: addi s2, s2, 5\nadd s2, s2, a0\nret",
		false,
	],
	[
		"that calls itself",
		"callee: li t0, 2\nblt a0, t0, base\naddi sp, sp, -32\nSAVE ra, 0(sp)\nSAVE s6, 8(sp)\nandi s6, a0, 7\naddi a0, s6, -1\ncall callee\nadd s2, s2, s6\nBACK s6, 8(sp)\nBACK ra, 0(sp)\naddi sp, sp, 32\nret\nbase: addi s2, s2, 3\nret",
		true,
	],
	["that is too long", `callee: ${"addi s2, s2, 1\n".repeat(99)}ret`, false],
];
/** Instructions that are skipped, or gone back to, stand behind the call. */
const loop = `
	li s4, ${times}
	again: mv a0, s4
	call callee
	c.addi s5, 1
	c.addi s7, 1
	add s8, s8, s5
	addi s4, s4, -1
	bnez s4, again`;
const bare = (bits: Bits, body: string): string => `
	la t0, trapped
	csrw mtvec, t0
	li sp, ${base + 0x8000}
	${loop}
	li a0, 0
	${finish}
	.balign 4
	trapped: csrr t3, mepc
	addi t3, t3, 4
	csrw mepc, t3
	addi s9, s9, 1
	mret
	.balign 4
	${body.replaceAll("SAVE", bits === 64 ? "sd" : "sw").replaceAll("BACK", bits === 64 ? "ld" : "lw")}`;

describe.each([64, 32] as const)("callees in the place of their calls, rv%i", (bits: Bits) => {
	it.each(callees)("one %s: the same on every engine, to the end and wherever the run is stopped", async (_, body, copied) => {
		const text = bare(bits, body);
		const { outcome } = await runAlike(bits, text, 100_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		for (const before of [13, 40]) await runAlike(bits, text, outcome.retired - before);
		const regions: Region[] = [];
		const policy = { ...policies.auto, wasmAfter: 10 };
		const { machine } = await rig(bits, policy, text, { watch: { translated: (_, region) => void regions.push(region), refused() {}, left() {} } });
		expect(machine.run(100_000).reason).toBe("exit");
		expect(regions.some(({ copies }) => copies?.some((copy) => copy >= 0))).toBe(copied);
	});
	it("in one page, under page tables", async () => {
		const body = (text: string): string => inSupervisor(bits, `li sp, ${at.d}\n${loop}\nli t0, ${at.c}\nj done\n.balign 4\n${text}\ndone:`);
		for (const [, text] of callees.slice(0, 6)) {
			const { outcome } = await runAlike(bits, body(text), 100_000);
			expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		}
	});
});
