import { describe, expect, it } from "vitest";
import { turnInstructions } from "../../src/machine/run.ts";
import { finish, rig, runAlike } from "../machine/rig.ts";

const two = { processors: 2 };
/** Counts a0 down; as many instructions as are needed to outlast a turn. */
const outlast = `li t6, ${turnInstructions}\n9: addi t6, t6, -1\nbnez t6, 9b\n`;
/** The first processor goes on, the others go to `other`. */
const part = "bnez a0, other\n";

describe("processors take turns", () => {
	it("of the same length, one after the other, and a run of N instructions retires exactly N in all", async () => {
		for (const n of [1, turnInstructions - 1, turnInstructions, turnInstructions + 1, 10 * turnInstructions + 7]) {
			const { machine } = await runAlike(64, "x: addi s0, s0, 1\nj x", n, { processors: 3 });
			const whole = Math.floor(n / turnInstructions);
			const last = (i: number) => (whole % 3 === i ? n % turnInstructions : 0);
			expect(machine.processors.map((p) => p.retired)).toEqual([0, 1, 2].map((i) => Math.floor((whole + 2 - i) / 3) * turnInstructions + last(i)));
		}
	});
	it("and start with their own numbers", async () => {
		const { machine } = await runAlike(64, "csrr s0, mhartid\nx: j x", 30_000, { processors: 4 });
		expect([0, 1, 2, 3].map((i) => [machine.register("a0", i)![0], machine.register("s0", i)![0]])).toEqual([0, 1, 2, 3].map((i) => [i, i]));
	});
	it("one that traps for ever does not keep the others from theirs", async () => {
		const text = `${part}csrw mtvec, zero\necall\nother: li a0, 7\n${finish}`;
		expect((await runAlike(64, text, 10 * turnInstructions, two)).outcome.result).toEqual({ reason: "exit", code: 7 });
	});
	it("one that waits loses its turn and gets it again when it wakes", async () => {
		const text = `${part}csrwi mie, 8\nwfi\nli a0, 3\n${finish}\nother: li t0, 0x2000000\nli t1, 1\nsw t1, 0(t0)\nx: j x`;
		const { machine, outcome } = await runAlike(64, text, 10 * turnInstructions, two);
		expect(outcome.result).toEqual({ reason: "exit", code: 3 });
		expect(machine.processors[1]!.retired).toBe(turnInstructions);
	});
	it("time jumps when all of them wait, to the timer of either", async () => {
		const text = `${part}csrwi mie, 8\nwfi\nj finished\nother: li t0, 0x2004008\nli t1, 1000000\nsw t1, 0(t0)\nsw zero, 4(t0)\nli t1, 128\ncsrw mie, t1\nwfi\nrdtime s0\nli a0, 5\n${finish}`;
		const { machine, outcome } = await runAlike(64, text, 10 * turnInstructions, two);
		expect([outcome.result, machine.register("s0", 1)![0]]).toEqual([{ reason: "exit", code: 5 }, 1_000_000]);
	});
	it("all wait, no timer is set: idle", async () =>
		expect((await runAlike(64, "wfi\nx: j x", 1000, { processors: 8 })).outcome.result).toEqual({ reason: "idle" }));
	it("a reset starts all of them again, the first one first", async () => {
		const { machine } = await rig(64, "js", "x: j x", two);
		machine.run(turnInstructions + 10);
		machine.reset();
		machine.run(10);
		expect(machine.processors.map((p) => machine.pc(p.index))).toEqual([0x80000000, 0x80000000]);
		expect(machine.processors.map((p) => p.retired)).toEqual([turnInstructions + 10, 10]);
	});
});

describe("a reservation", () => {
	/** s0 of the first processor: what SC gave. */
	const text = (between: string, other: string) =>
		`la s1, word\n${part}li t0, 1\nlr.w t1, (s1)\n${between}sc.w s0, t0, (s1)\nlw s2, (s1)\nli a0, 0\n${finish}\nother: ${other}\nx: j x\n.align 3\nword: .word 5`;
	it("outlasts its own processor's other work", async () => {
		const { register } = await runAlike(64, text("li t2, 100\n1: addi t2, t2, -1\nbnez t2, 1b\n", ""), 10 * turnInstructions, two);
		expect([register("s0"), register("s2")]).toEqual([0, 1]);
	});
	it("is gone when another processor has stored, although memory holds the old value again (ABA)", async () => {
		const { register } = await runAlike(64, text(outlast, "li t0, 6\nsw t0, (s1)\nli t0, 5\nsw t0, (s1)"), 10 * turnInstructions, two);
		expect([register("s0"), register("s2")]).toEqual([1, 5]);
	});
	it("outlasts a turn when there is no other processor", async () => {
		const { register } = await runAlike(64, text(outlast, ""), 10 * turnInstructions);
		expect([register("s0"), register("s2")]).toEqual([0, 1]);
	});
});

describe("what a processor remembers of a translation", () => {
	it("is not for the others, though their satp is the same", async () => {
		// both use the same tables; the first one reads through a page, then maps the page elsewhere without a fence: only it may still see the old one
		const leaf = (physical: number) => (physical / 4096) * 1024 + 0xcf;
		const text = `
			li t0, -1
			csrw pmpaddr0, t0
			li t0, 0x1f
			csrw pmpcfg0, t0
			li s1, 0x80010000
			li s3, 0x40000000
			bnez a0, other
			li t0, ${leaf(0x80000000)}
			sd t0, 16(s1)
			li t0, ${leaf(0)}
			sd t0, 0(s1)
			li t0, ${(0x80011000 / 4096) * 1024 + 1}
			sd t0, 8(s1)
			li t0, ${(0x80012000 / 4096) * 1024 + 1}
			li t1, 0x80011000
			sd t0, 0(t1)
			li s2, 0x80012000
			li t0, ${leaf(0x80020000)}
			sd t0, 0(s2)
			li t0, 0x80020000
			li t1, 1
			sd t1, 0(t0)
			li t0, 0x80021000
			li t1, 2
			sd t1, 0(t0)
			jal s4, translated
			ld s5, 0(s3)
			li t0, ${leaf(0x80021000)}
			sd t0, 0(s2)
			la t0, word
			sd s1, 0(t0)
			1: j 1b
		other:
			la t0, word
			1: ld t1, 0(t0)
			beqz t1, 1b
			jal s4, translated
			ld s6, 0(s3)
			li a0, 0
			${finish}
		translated:
			li t0, 0x8000000000080010
			csrw satp, t0
			li t0, 0x800
			csrs mstatus, t0
			csrw mepc, s4
			mret
			.align 3
		word: .dword 0`;
		const { machine, outcome } = await runAlike(64, text, 10 * turnInstructions, two);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		expect([machine.register("s5", 0)![0], machine.register("s6", 1)![0]]).toEqual([1, 2]);
	});
});
