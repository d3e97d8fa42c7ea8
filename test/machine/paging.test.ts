import { describe, expect, it } from "vitest";
import { at, calls, function_, inSupervisor, remap, virtual } from "./paged.ts";
import { runAlike } from "./rig.ts";

describe.each([64, 32] as const)("rv%i under page tables, on every engine", (bits) => {
	const top = bits === 64 ? "sd" : "sw";
	const load = bits === 64 ? "ld" : "lw";

	it("runs the new code of a page that was mapped elsewhere, after code was translated and chained", async () => {
		const text = inSupervisor(
			bits,
			`${function_(at.a, 1)} ${function_(at.b, 100)} fence.i\n${calls("one", 400)} ${remap(bits, 0, at.b)} sfence.vma ${calls("two", 400)}
			 ${remap(bits, 0, at.a)} sfence.vma ${calls("three", 5)}`,
		);
		const { outcome, register } = await runAlike(bits, text, 100_000);
		expect([outcome.result, register("s5")]).toEqual([{ reason: "exit", code: 0 }, 400 + 400 * 100 + 5]);
	});

	it("runs what was stored through another address of the same page", async () => {
		const text = inSupervisor(bits, `${function_(at.a, 1)}\nfence.i\n${calls("one", 400)} ${function_(at.a, 7)}\nfence.i\n${calls("two", 400)}`);
		const { outcome, register } = await runAlike(bits, text, 100_000);
		expect([outcome.result, register("s5")]).toEqual([{ reason: "exit", code: 0 }, 400 + 400 * 7]);
	});

	it("sets A for a fetch and a load, A and D for a store, in the table", async () => {
		const entry = (i: number, to: string) => `li t0, ${at.low + i * (bits / 8)}\n lw ${to}, 0(t0)\n andi ${to}, ${to}, 0xff\n`;
		const text = inSupervisor(
			bits,
			`${function_(at.a, 1)}\nfence.i\n${calls("one", 1)} li t0, ${virtual + 0x1000}\n lw t1, 0(t0)\n ${entry(0, "a2")} ${entry(1, "a3")} li t0, ${virtual + 0x1000}\n sw t1, 0(t0)\n ${entry(1, "a4")} ${entry(2, "a5")}`,
			[at.a, at.c, at.d],
		);
		const { outcome, register } = await runAlike(bits, text, 10_000);
		expect([outcome.result, register("a2"), register("a3"), register("a4"), register("a5")]).toEqual([{ reason: "exit", code: 0 }, 0x4f, 0x4f, 0xcf, 0x0f]);
	});

	it("stores nothing when the second page of an access faults, and names that page", async () => {
		for (let before = 1; before < bits / 8; before++) {
			const text = inSupervisor(
				bits,
				`li t0, ${virtual + 0x2000 - before}\n li t1, -1\n ${top} t1, 0(t0)\n li t0, ${at.c + 0x1000 - bits / 8}\n ${load} a2, 0(t0)\n`,
			);
			const { outcome, register } = await runAlike(bits, text, 10_000);
			expect([outcome.result, register("s9"), register("s10"), register("s11"), register("a2")]).toEqual([
				{ reason: "exit", code: 0 },
				15,
				virtual + 0x2000,
				1,
				0,
			]);
		}
	});

	it("loads and stores across pages that lie apart", async () => {
		for (let before = 1; before < bits / 8; before++) {
			const text = inSupervisor(
				bits,
				`li t0, ${virtual + 0x2000 - before}\n li t1, 0x12345678\n ${top} t1, 0(t0)\n ${load} a2, 0(t0)\n lbu a3, 0(t0)\n li t0, ${at.d - before}\n ${load} a4, ${before}(t0)\n`,
				[at.a, at.c, at.d],
			);
			const { outcome, register } = await runAlike(bits, text, 10_000);
			expect([outcome.result, register("s11"), register("a2"), register("a3"), register("a4")]).toEqual([
				{ reason: "exit", code: 0 },
				0,
				0x12345678,
				0x78,
				Math.floor(0x12345678 / 2 ** (8 * before)),
			]);
		}
	});

	it("takes the UART's interrupt through the PLIC's context of S mode", async () => {
		const text = inSupervisor(
			bits,
			`li t0, 0xc000000
	li t1, 1
	sw t1, 40(t0)
	li t0, 0xc002080
	li t1, 0x400
	sw t1, 0(t0)
	la t0, handler
	csrw stvec, t0
	li t0, 0x200
	csrw sie, t0
	li t0, 0x10000000
	li t1, 2
	sb t1, 1(t0)
	csrsi sstatus, 2
	li s4, 100
spin: addi s4, s4, -1
	bnez s4, spin
	j over
handler:
	csrr s9, scause
	andi s9, s9, 15
	csrr s8, sip
	li t0, 0xc201004
	lw s10, 0(t0)
	li t2, 0x10000000
	sb zero, 1(t2)
	sw s10, 0(t0)
	csrr s7, sip
	addi s11, s11, 1
	sret
over:`,
		);
		const { outcome, register } = await runAlike(bits, text, 10_000);
		expect([outcome.result, register("s11"), register("s10"), register("s9"), register("s8"), register("s7")]).toEqual([
			{ reason: "exit", code: 0 },
			1,
			10,
			9,
			0x200,
			0,
		]);
	});
});
