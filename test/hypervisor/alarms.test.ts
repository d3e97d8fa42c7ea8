import { describe, expect, it } from "vitest";
import { defaultStepsPerTick } from "../../src/time/clock.ts";
import { type Bits, finish, runAlike } from "../machine/rig.ts";

const widths: readonly Bits[] = [32, 64];
const steps = defaultStepsPerTick; // instructions a tick of the clock
const [timer, enabled] = [1 << 5, 1 << 1];

/** Gives the supervisor its timer, sets stimecmp to `ticks`, and goes on in S mode with that interrupt on. Its handler is `trap`. */
const setUp = (bits: Bits, ticks: number) => `
	la t0, trap
	csrw stvec, t0
	li t0, ${timer}
	csrw mideleg, t0
	csrw mie, t0
	csrwi mcounteren, 7
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	${bits === 64 ? "li t0, 1 << 63\ncsrs menvcfg, t0" : "li t0, 1 << 31\ncsrs menvcfgh, t0"}
	li t0, ${ticks}
	csrw stimecmp, t0
	${bits === 32 ? "csrw stimecmph, zero" : ""}
	li t0, 0x800
	csrs mstatus, t0
	la t0, super
	csrw mepc, t0
	mret
.align 2
trap:
	csrr s2, instret
	csrr s3, scause
	li a0, 1
	${finish}
super:
	csrsi sstatus, ${enabled}
`;

describe("C10: a timer that is a register of the processor", () => {
	for (const bits of widths)
		for (const ticks of [10, 37, 1234])
			it(`rv${bits}: interrupts when ${ticks * steps} instructions have retired, in a hot loop, on every engine`, async () => {
				const { register, outcome } = await runAlike(bits, `${setUp(bits, ticks)}x: addi s0, s0, 1\nxor s1, s1, s0\nj x`, 100_000);
				expect(outcome.result).toEqual({ reason: "exit", code: 1 });
				expect([register("s2"), register("s3")]).toEqual([ticks * steps, 2 ** (bits - 1) + 5]);
			});
	it("ends a wait, and time jumps to it", async () => {
		const { register, outcome } = await runAlike(64, `${setUp(64, 1_000_000)}wfi\nx: j x`, 1000);
		expect([outcome.result, register("s2") < 100]).toEqual([{ reason: "exit", code: 1 }, true]);
	});
	it("follows the board's clock when that is set", async () => {
		const text = `${setUp(64, 1_000_000)}li t0, 0x200bff8\nli t1, 999999\nsw t1, 0(t0)\nli t2, 1000\nx: addi t2, t2, -1\nbnez t2, x\nli a0, 3\n${finish.replaceAll("finished", "ended")}`;
		const { register, outcome } = await runAlike(64, text, 100_000);
		expect([outcome.result, register("s2") < 100]).toEqual([{ reason: "exit", code: 1 }, true]);
	});
	it("can be set again and again, later and to never", async () => {
		const text = `${setUp(64, 50)}li t1, 100\ncsrw stimecmp, t1\nli t1, 70\ncsrw stimecmp, t1\nli t1, -1\ncsrw stimecmp, t1\nli t2, 1000\n1: addi t2, t2, -1\nbnez t2, 1b\nrdtime t1\naddi t1, t1, 30\ncsrw stimecmp, t1\nx: j x`;
		const { register, outcome } = await runAlike(64, text, 100_000);
		expect([outcome.result, register("s2") > 2000, register("s2") < 2200 + 30 * steps]).toEqual([{ reason: "exit", code: 1 }, true, true]);
	});
	it("is pending at once when its time is over, and stays so until it is set again", async () => {
		const text = `${setUp(64, 1_000_000)}csrci sstatus, ${enabled}\ncsrw stimecmp, zero\ncsrr s4, sip\nli t0, -1\ncsrw stimecmp, t0\ncsrr s5, sip\nli a0, 2\n${finish.replaceAll("finished", "ended")}`;
		const { register } = await runAlike(64, text, 1000);
		expect([register("s4"), register("s5")]).toEqual([timer, 0]);
	});
	it("is each processor's own", async () => {
		const text = `mv s7, a0\nbeqz a0, 1f\n${setUp(64, 500)}x: addi s0, s0, 1\nj x\n1: j 1b`;
		const { machine, outcome } = await runAlike(64, text, 100_000, { processors: 2 });
		expect([outcome.result, machine.register("s2", 0)![0], machine.register("s3", 1)![0]]).toEqual([{ reason: "exit", code: 1 }, 0, 5]);
	});
});
