import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { at, calls, Flag, function_, inSupervisor, put, remap, virtual } from "./paged.ts";
import { type Bits, rig, runAlike } from "./rig.ts";

const { V, R, W, X, U } = Flag;
const done = { reason: "exit", code: 0 };

/** How a program says that it changed a table (4.2.1); without any it may be heard or not. */
const fences: readonly [what: string, text: string, sure: boolean][] = [
	["sfence.vma of everything", "sfence.vma", true],
	["sfence.vma of the address", `li t2, ${virtual}\nsfence.vma t2, zero`, true],
	["sfence.vma of the address space", "li t3, 0\nsfence.vma zero, t3", true],
	["sfence.vma of the address in the address space", `li t2, ${virtual}\nli t3, 0\nsfence.vma t2, t3`, true],
	["no fence", "", false],
];
/** Words at the start of two pages. */
const filled = [at.a, at.b].map((page, i) => `li t0, ${page}\nli t1, ${i + 1}\nsw t1, 0(t0)\n`).join("");
const often = (label: string, text: string): string => `li s4, 300\n${label}: ${text}\naddi s4, s4, -1\nbnez s4, ${label}\n`;

describe.each([64, 32] as const)("S6: stale translations, rv%i", (bits: Bits) => {
	for (const [what, fence, sure] of fences) {
		it(`a page mapped elsewhere is loaded from there after ${what}`, async () => {
			const load = `li t0, ${virtual}\nlw a2, 0(t0)`;
			const text = inSupervisor(bits, `${filled} ${often("one", load)} mv a3, a2\n${remap(bits, 0, at.b)} ${fence}\n${often("two", load)}`);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11"), register("a3")]).toEqual([done, 0, 1]);
			expect(sure ? [2] : [1, 2]).toContain(register("a2"));
		});
		it(`a page mapped elsewhere is stored to there after ${what}`, async () => {
			const store = (value: number) => `li t0, ${virtual}\nli t1, ${value}\nsw t1, 0(t0)`;
			const text = inSupervisor(
				bits,
				`${filled} ${often("one", store(7))} ${remap(bits, 0, at.b)} ${fence}\n${often("two", store(9))} li t0, ${at.a}\nlw a2, 0(t0)\nli t0, ${at.b}\nlw a3, 0(t0)\n`,
			);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11")]).toEqual([done, 0]);
			expect(sure ? ["7 9"] : ["7 9", "9 2"]).toContain(`${register("a2")} ${register("a3")}`);
		});
		it(`a page mapped elsewhere is run from there after ${what}`, async () => {
			const text = inSupervisor(
				bits,
				`${function_(at.a, 1)} ${function_(at.b, 100)} fence.i\n${calls("one", 300)} ${remap(bits, 0, at.b)} ${fence}\n${calls("two", 300)}`,
			);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11")]).toEqual([done, 0]);
			if (sure) expect(register("s5")).toBe(300 + 30_000);
			else expect([600, 30_300]).toContain(register("s5"));
		});
		it(`a page that was taken away cannot be loaded, stored to or run after ${what}`, async () => {
			const use = `li t0, ${virtual}\nlw a2, 0(t0)\nsw a2, 8(t0)\njalr t0\n`;
			const text = inSupervisor(
				bits,
				`${function_(at.a, 1)} fence.i\n${often("one", use)} ${remap(bits, 0, at.a, 0)} ${fence}\n${use} ${sure ? "" : "sfence.vma\n"} li s11, 0\n${use}`,
			);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11"), register("s9"), register("s10")]).toEqual([done, 3, 12, virtual]);
			expect(sure ? [300] : [300, 301]).toContain(register("s5"));
		});
		it(`a page that lost its rights refuses after ${what}`, async () => {
			const use = `li t0, ${virtual}\nsw zero, 8(t0)\njalr t0\n`;
			const text = inSupervisor(
				bits,
				`${function_(at.a, 1)} fence.i\n${often("one", use)} ${remap(bits, 0, at.a, V | R)} ${fence}\n${use} ${sure ? "" : "sfence.vma\n"} li s11, 0\n${use}`,
			);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11"), register("s9")]).toEqual([done, 2, 12]);
			expect(sure ? [300] : [300, 301]).toContain(register("s5"));
		});
	}

	it("a page that had no entry, or one without rights, is there after a fence", async () => {
		const use = `li t0, ${virtual}\nsw zero, 8(t0)\nlw a2, 0(t0)\njalr t0\n`;
		const text = inSupervisor(
			bits,
			`${function_(at.a, 1)} fence.i\n${often("one", use)} ${remap(bits, 0, at.a, V | R)} sfence.vma\n${often("two", use)} ${remap(bits, 0, at.a)} sfence.vma\n${often("three", use)}`,
			[0],
		);
		const { outcome, register } = await runAlike(bits, text, 100_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 300 * 3 + 300 * 2, 300]);
	});

	it("SUM and MXR count for the very next access, without a fence", async () => {
		const text = inSupervisor(
			bits,
			`li t0, ${virtual}
			li t2, ${virtual + 0x1000}
			li t3, 0x40000
			li t4, 0x80000
			li s4, 40
		again: lw a2, 0(t0)
			csrs sstatus, t3
			lw a2, 0(t0)
			sw a2, 4(t0)
			csrc sstatus, t3
			sw a2, 4(t0)
			lw a3, 0(t2)
			csrs sstatus, t4
			lw a3, 0(t2)
			csrc sstatus, t4
			lw a3, 0(t2)
			addi s4, s4, -1
			bnez s4, again\n`,
			[
				[at.a, V | R | W | U],
				[at.b, V | X],
			],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s9"), register("s10")]).toEqual([done, 40 * 4, 13, virtual + 0x1000]);
	});

	it("S mode never runs a U page, whatever SUM says, though it has loaded from it", async () => {
		const text = inSupervisor(
			bits,
			`${function_(at.a, 1)} fence.i\nli t0, 0x40000\ncsrs sstatus, t0\n${often("one", `li t0, ${virtual}\nlw a2, 0(t0)\njalr t0`)}`,
			[[at.a, V | R | W | X | U]],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s9"), register("s10"), register("s5")]).toEqual([done, 300, 12, virtual, 0]);
	});

	it.each([8, 9, 10, 11, 12, 13, 14])(
		"what waits to be translated after %i runs is not taken from where its address leads by then, nor marked as accessed",
		async (runs) => {
			// more than is lifted at once to be interpreted; other code at the same address; and code that becomes due meanwhile
			const [first, second] = [1, 100].map((by, i) => put(bits, [at.a, at.b][i]!, `${`addi s5, s5, ${by}\n`.repeat(40)} ret`));
			const [one, two, three] = [calls("one", runs), `li s6, ${virtual + 0x1000}\n${often("two", "jalr s6")}`, calls("three", 100)];
			const text = inSupervisor(
				bits,
				`${first} ${second} ${function_(at.c, 10)} fence.i\n${one} ${remap(bits, 0, at.b)} sfence.vma\n${two} ${remap(bits, 0, at.a)} sfence.vma\n${three}`,
				[at.a, at.c],
			);
			const outcomes = [];
			for (const policy of [policies.interpret, { ...policies.auto, wasmAfter: 10 }]) {
				const { machine, register } = await rig(bits, policy, text);
				outcomes.push([machine.run(50_000), register("s5"), machine.hash()]);
			}
			expect(outcomes[1]).toEqual(outcomes[0]);
			expect(outcomes[1]!.slice(0, 2)).toEqual([done, 40 * runs + 300 * 10 + 40 * 100]);
		},
	);

	it("another address space, and the first one again, need no fence", async () => {
		// a second root in page d, all of the first but the page at `virtual`, which it has at b by way of its own tables in c
		const [store, load, size] = bits === 64 ? ["sd", "ld", 8] : ["sw", "lw", 4];
		const copy = `li t0, ${at.root}\nli t1, ${at.d}\nli t2, ${4096 / size}\ncopy: ${load} t3, 0(t0)\n${store} t3, 0(t1)\naddi t0, t0, ${size}\naddi t1, t1, ${size}\naddi t2, t2, -1\nbnez t2, copy\n`;
		const entry = (table: number, index: number, page: number, flags: number) =>
			`li t0, ${table + index * size}\nli t1, ${(page / 4096) * 1024 + flags}\n${store} t1, 0(t0)\n`;
		const tables =
			bits === 64
				? entry(at.d, 1, at.c, V) + entry(at.c, 0, at.c + 0x1000, V) + entry(at.c + 0x1000, 0, at.b, V | R | W | X)
				: entry(at.d, 0x100, at.c, V) + entry(at.c, 0, at.b, V | R | W | X);
		const satp = (root: number, asid: number) =>
			bits === 64
				? `li t5, ${asid}\nslli t5, t5, 44\nli t6, 1\nslli t6, t6, 63\nor t5, t5, t6\nli t6, ${root / 4096}\nor t5, t5, t6\n`
				: `li t5, ${(0x80000000 + asid * 2 ** 22 + root / 4096) >>> 0}\n`;
		const text = inSupervisor(
			bits,
			`${function_(at.a, 1)} ${function_(at.b, 100)} fence.i\n${copy} ${tables}
			${satp(at.root, 1)} mv s6, t5\n${satp(at.d, 2)} mv s7, t5
			li s4, 200
			li t0, ${virtual}
		both: csrw satp, s6
			jalr t0
			lw a2, 0(t0)
			csrw satp, s7
			jalr t0
			lw a3, 0(t0)
			addi s4, s4, -1
			bnez s4, both\n`,
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 200 * 101]);
		expect([register("a2") >>> 20, register("a3") >>> 20]).toEqual([1, 100]);
	});

	it("code goes on in the other page when satp changes in the middle of it", async () => {
		// the same addresses: up to the switch page a runs, after it page b
		const [store, size] = bits === 64 ? ["sd", 8] : ["sw", 4];
		const entry = (table: number, index: number, page: number, flags: number) =>
			`li t0, ${table + index * size}\nli t1, ${(page / 4096) * 1024 + flags}\n${store} t1, 0(t0)\n`;
		const low = at.c + 0x1000;
		const second =
			bits === 64
				? entry(at.d, 2, 0x80000000, 0xcf) + entry(at.d, 0, 0, 0xcf) + entry(at.d, 1, at.c, V) + entry(at.c, 0, low, V) + entry(low, 0, at.b, V | R | W | X)
				: entry(at.d, 0x200, 0x80000000, 0xcf) + entry(at.d, 0x40, 0x10000000, 0xcf) + entry(at.d, 0x100, low, V) + entry(low, 0, at.b, V | R | W | X);
		const words = (page: number, by: number) => {
			// csrw satp, s6 | addi s5, s5, by | csrw satp, s7 | addi s5, s5, by | ret
			const add = (by << 20) | (21 << 15) | (21 << 7) | 0x13;
			const code = [0x180b1073, add, 0x180b9073, add, 0x8067];
			return `li t0, ${page}\n${code.map((word, i) => `li t1, ${word}\nsw t1, ${4 * i}(t0)\n`).join("")}`;
		};
		const satp =
			bits === 64
				? (root: number, asid: number) => `li t5, ${0x80000 + asid}\nslli t5, t5, 44\nli t6, ${root / 4096}\nor t5, t5, t6\n`
				: (root: number, asid: number) => `li t5, ${(0x80000000 + asid * 2 ** 22 + root / 4096) >>> 0}\n`;
		const text = inSupervisor(
			bits,
			`${words(at.a, 1)} ${words(at.b, 100)} fence.i\n${second} ${satp(at.root, 1)} mv s7, t5\n${satp(at.d, 2)} mv s6, t5\n${calls("both", 200)}`,
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 200 * 101]);
	});
});
