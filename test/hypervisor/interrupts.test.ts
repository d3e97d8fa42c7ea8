import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { defaultStepsPerTick } from "../../src/time/clock.ts";
import { type Bits, engines, finish, rig, runAlike } from "../machine/rig.ts";

const widths: readonly Bits[] = [32, 64];
const steps = defaultStepsPerTick; // instructions a tick of the clock
const seed = Number(process.env.DOPPEL_SEED ?? 1);

/** mtvec = trap, MTIMECMP = `ticks`, the interrupts of `mie` on. */
const setUp = (ticks: number, mie: number) => `
	la t0, trap
	csrw mtvec, t0
	li t0, 0x2004000
	li t1, ${ticks}
	sw t1, 0(t0)
	sw zero, 4(t0)
	li t0, ${mie}
	csrw mie, t0
	csrsi mstatus, 8
`;
const timer = 1 << 7;
const software = 1 << 3;
const external = 1 << 11;

describe("C10: an interrupt is taken at its exact instruction", () => {
	for (const bits of widths)
		for (const ticks of [10, 11, 37, 100, 1234])
			it(`rv${bits}: the timer's, when ${ticks * steps} instructions have retired, in a hot loop, on every engine`, async () => {
				const text = `${setUp(ticks, timer)}x: addi s0, s0, 1\nxor s1, s1, s0\nbnez s0, x\n.align 2\ntrap: csrr s2, minstret\ncsrr s3, mcause\nli a0, 1\n${finish}`;
				const { register, outcome } = await runAlike(bits, text, 100_000);
				expect(outcome.result).toEqual({ reason: "exit", code: 1 });
				expect([register("s2"), register("s3")]).toEqual([ticks * steps, 2 ** (bits - 1) + 7]);
			});
	for (const bits of widths)
		it(`rv${bits}: the software interrupt's, directly after the store that asks for it`, async () => {
			const text = `${setUp(2 ** 30, software)}li t0, 0x2000000\nli t1, 1\nsw t1, 0(t0)\nafter: addi s0, s0, 1\nj after\n.align 2\ntrap: csrr s1, mepc\ncsrr s2, mcause\n${finish}`;
			const { register, label } = await runAlike(bits, text, 1000);
			expect([register("s0"), register("s1"), register("s2")]).toEqual([0, label("after"), 2 ** (bits - 1) + 3]);
		});
	it("one that is pending is taken directly after the instruction that lets it through", async () => {
		const text = `la t0, trap\ncsrw mtvec, t0\nli t0, 0x2000000\nli t1, 1\nsw t1, 0(t0)\ncsrwi mie, 8\nnop\ncsrsi mstatus, 8\nafter: addi s0, s0, 1\nj after\n.align 2\ntrap: csrr s1, mepc\n${finish}`;
		const { register, label } = await runAlike(64, text, 1000);
		expect([register("s0"), register("s1")]).toEqual([0, label("after")]);
	});
	it("one that is not let through is not taken", async () => {
		const text = `la t0, trap\ncsrw mtvec, t0\nli t0, 0x2000000\nli t1, 1\nsw t1, 0(t0)\ncsrsi mstatus, 8\nli s0, 100\nx: addi s0, s0, -1\nbnez s0, x\nli a0, 3\n${finish}\n.align 2\ntrap: li a0, 4\nj finished - 4`;
		expect((await runAlike(64, text, 1000)).outcome.result).toEqual({ reason: "exit", code: 3 });
	});
	it("machine mode's are taken in user mode whatever MIE says", async () => {
		const text = `${setUp(60, timer)}csrci mstatus, 8\nli t0, -1\ncsrw pmpaddr0, t0\nli t0, 31\ncsrw pmpcfg0, t0\nla t0, user\ncsrw mepc, t0\nmret\nuser: addi s0, s0, 1\nj user\n.align 2\ntrap: csrr s1, minstret\ncsrr s2, mstatus\nli a0, 1\n${finish}`;
		const { register } = await runAlike(64, text, 10_000);
		expect([register("s1"), Math.floor(register("s2") / 2 ** 11) % 4]).toEqual([60 * steps, 0]);
	});
});

describe("time", () => {
	for (const bits of widths)
		it(`rv${bits}: MTIME, the time register and the count of instructions agree at every instruction, on every engine`, async () => {
			const text = `li t0, 0x200c000\nli s0, 300\nli s3, ${steps}
				x: csrr t1, minstret
				lw t2, -8(t0)
				rdtime t3
				addi t4, t1, 1
				divu t4, t4, s3
				beq t2, t4, 1f
				addi s1, s1, 1
				1: addi t4, t1, 2
				divu t4, t4, s3
				beq t3, t4, 2f
				addi s2, s2, 1
				2: addi s0, s0, -1
				bnez s0, x
				li a0, 9\n${finish}`;
			const { register, outcome } = await runAlike(bits, text, 100_000);
			expect([outcome.result, register("s1"), register("s2")]).toEqual([{ reason: "exit", code: 9 }, 0, 0]);
		});
	it("jumps to the timer when the processor waits, and no instruction is counted for it", async () => {
		const text = `${setUp(1_000_000, timer)}wfi\nj trap\n.align 2\ntrap: csrr s1, minstret\nrdtime s2\n${finish}`;
		const { register, outcome } = await runAlike(64, text, 1000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		expect([register("s2"), register("s1") < 30]).toEqual([1_000_000, true]);
	});
	it("wakes a processor whose interrupt is pending but not enabled in mstatus, behind the wfi", async () => {
		const text = `${setUp(500, timer)}csrci mstatus, 8\nwfi\nrdtime s2\nli a0, 6\n${finish}\n.align 2\ntrap: j trap`;
		const { register, outcome } = await runAlike(64, text, 1000);
		expect([outcome.result, register("s2")]).toEqual([{ reason: "exit", code: 6 }, 500]);
	});
});

const busy = `${setUp(20, timer)}li t0, 0x2000000
	x: addi s0, s0, 1
	mul s1, s0, s0
	andi t1, s1, 63
	bnez t1, y
	ecall
	sw s0, -8(sp)
	y: sd s1, 0(a1)
	wfi
	j x
	.align 2
	trap: csrr s4, mcause
	bltz s4, 1f
	csrr s5, mepc
	addi s5, s5, 4
	csrw mepc, s5
	mret
	1: addi s6, s6, 1
	rdtime s7
	addi s7, s7, 23
	li s8, 0x2004000
	sw s7, 0(s8)
	mret`;

describe("D1: the same inputs give the same run", () => {
	it(`whatever slices it is run in, on every engine (seed ${seed})`, async () => {
		const random = createRandom(seed);
		const counts = Array.from({ length: 12 }, () => 1 + random.below(700));
		const seen: Record<string, string[]> = {};
		for (const engine of engines) {
			for (const sliced of [false, true]) {
				const { machine } = await rig(64, engine, busy);
				seen[`${engine} ${sliced}`] = counts.map((count) => {
					if (!sliced) machine.run(count);
					for (let left = count; sliced && left > 0; ) {
						const part = 1 + random.below(Math.min(left, 40));
						machine.run(part);
						left -= part;
					}
					return `${machine.retired} ${machine.hash()}`;
				});
				expect(machine.counts.interrupts).toBeGreaterThan(0);
				expect(machine.counts.traps).toBeGreaterThan(0);
			}
		}
		const first = seen["interpret false"]!;
		expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map((key) => [key, first])));
		expect(first.map((line) => Number(line.split(" ")[0]))).toEqual(counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b)));
	});
});

describe("the console's interrupt", () => {
	for (const engine of engines)
		it(`${engine}: input reaches the guest through UART, PLIC and trap handler, and wakes it`, async () => {
			const text = `la t0, trap\ncsrw mtvec, t0
				li s0, 0xc000000\nli t1, 1\nsw t1, 40(s0)
				li t0, 0xc002000\nli t1, 1024\nsw t1, 0(t0)
				li s1, 0x10000000\nli t1, 1\nsb t1, 1(s1)
				li t0, ${external}\ncsrw mie, t0\ncsrsi mstatus, 8
				x: wfi\nj x
				.align 2
				trap: li s2, 0xc200004\nlw s3, 0(s2)
				lbu s4, 0(s1)\naddi s4, s4, 1\nsb s4, 0(s1)
				sw s3, 0(s2)
				addi s5, s5, 1\nmret`;
			const { machine, register, output } = await rig(64, engine, text);
			expect(machine.run(10_000)).toEqual({ reason: "idle" });
			machine.input(new TextEncoder().encode("HAL"));
			expect(machine.run(10_000)).toEqual({ reason: "idle" });
			expect([output(), register("s3"), register("s5")]).toEqual(["IBM", 10, 3]);
		});
});
