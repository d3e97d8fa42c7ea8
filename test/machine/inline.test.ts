import { describe, expect, it } from "vitest";
import { Status } from "../../jit/base/status.ts";
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
const bare = (bits: Bits, body: string, main = loop): string => `
	la t0, trapped
	csrw mtvec, t0
	li sp, ${base + 0x8000}
	${main}
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

/** Functions that may be called by a pointer; two have a tail in common. */
const functions = `
	one: add s2, s2, a0
	ret
	two: addi s2, s2, 1
	three: xori s2, s2, 5
	andi t0, a0, 2
	beqz t0, tail
	addi s2, s2, 7
	tail: ret
	four: slli s3, a0, 2
	xor s2, s2, s3
	ret
	five: andi t0, a0, 7
	round: add s2, s2, t0
	addi t0, t0, -1
	bgtz t0, round
	ret
	elsewhere: andi t0, a0, 3
	bnez t0, same
	addi ra, ra, 2
	same: ret
	trap: andi t0, a0, 3
	bnez t0, fine
	lw s3, 0(x0)
	fine: ret
	long: ${"addi s2, s2, 1\n".repeat(99)}ret`;
/** Puts the address of one of these into t2, by the number in s4. */
const inTurn = (...names: string[]): string =>
	`li t0, ${names.length}\nremu t0, s4, t0\n${names.map((name, i) => `la t2, ${name}\nli t1, ${i}\nbeq t0, t1, go\n`).join("")}`;
const turns = 400;
const pointers: readonly [what: string, choose: string, copied: boolean][] = [
	["always the same one", inTurn("one"), true],
	["two in turn", inTurn("one", "three"), true],
	["two that have blocks in common", inTurn("two", "three"), true],
	["three, one with a loop", inTurn("one", "four", "five"), true],
	["five", inTurn("one", "two", "three", "four", "five"), false],
	["one for long, then another one", `la t2, one\nli t0, ${turns / 2}\nbgt s4, t0, go\nla t2, four`, true],
	["one for long, then five", `la t2, one\nli t0, ${turns / 2}\nbgt s4, t0, go\n${inTurn("one", "two", "three", "four", "five")}`, true],
	["one that is small and one that is not", inTurn("one", "long"), true],
	["one that goes back to somewhere else at times", inTurn("elsewhere", "one"), true],
	["one that traps at times", inTurn("trap", "one"), true],
];
const byPointer = (choose: string, call: string): string => `
	li s4, ${turns}
	again: mv a0, s4
	${choose}
	go: addi s6, s6, 1
	${call}
	c.addi s5, 1
	c.addi s7, 1
	add s8, s8, s5
	addi s4, s4, -1
	bnez s4, again`;
const calls: readonly [how: string, text: string][] = [
	["jalr", "jalr t2"],
	["jalr by the register that is linked, written in front of it", "mv ra, t2\njalr ra"],
	["jalr behind a store", "sw s6, 0(sp)\njalr t2"],
];

describe.each([64, 32] as const)("callees in the place of calls by pointer, rv%i", (bits: Bits) => {
	for (const [how, call] of calls)
		it.each(pointers)(`%s, by ${how}: the same on every engine, to the end and wherever the run is stopped`, async (_, choose, copied) => {
			const text = bare(bits, functions, byPointer(choose, call));
			const { outcome } = await runAlike(bits, text, 100_000);
			expect(outcome.result).toEqual({ reason: "exit", code: 0 });
			for (const before of [3, 4, 5, 13]) await runAlike(bits, text, outcome.retired - before);
			let copies = false;
			let assists = 0;
			const watch = {
				translated: (_: unknown, region: Region) => void (copies ||= region.copies?.some((copy) => copy >= 0) ?? false),
				refused() {},
				left: (status: number) => void (assists += Number(status === Status.assist)),
			};
			const { machine } = await rig(bits, { ...policies.auto, wasmAfter: 10 }, text, { watch });
			machine.run(100_000);
			expect([machine.hash(), copies]).toEqual([outcome.hash, copied]);
			// others than those that were seen are not tried for ever, nor are traps
			expect(assists).toBeLessThan(150);
		});
	it("in one page, under page tables", async () => {
		for (const [, choose] of pointers.slice(0, 8)) {
			const body = inSupervisor(bits, `li sp, ${at.d}\n${byPointer(choose, "jalr t2")}\nj done\n.balign 4\n${functions}\ndone:`);
			const { outcome } = await runAlike(bits, body, 100_000);
			expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		}
	});
});

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
