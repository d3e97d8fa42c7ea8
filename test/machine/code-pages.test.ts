import { describe, expect, it } from "vitest";
import { at, calls, Flag, function_, inSupervisor, put, remap, virtual } from "./paged.ts";
import { type Bits, engines, finish, rig, runAlike } from "./rig.ts";

const { V, R, W, X, G, A, D } = Flag;
const done = { reason: "exit", code: 0 };
const add = (by: number): number => (by << 20) | (21 << 15) | (21 << 7) | 0x13;

describe.each([64, 32] as const)("S6: code under page tables, rv%i", (bits: Bits) => {
	const [store, load, size] = bits === 64 ? (["sd", "ld", 8] as const) : (["sw", "lw", 4] as const);
	const slot = (index: number): number => at.low + index * size;
	const entry = (page: number, flags: number): number => (page / 4096) * 1024 + flags;
	const read = (index: number, to: string): string => `li t0, ${slot(index)}\nlw ${to}, 0(t0)\n`;

	it.each([
		["with fence.i", "fence.i"],
		["without", ""],
	])("what is stored through one address of a page is run through another, %s", async (_, fence) => {
		const both = [at.a, at.a];
		const rewrite = `li t0, ${virtual + 0x1000}\nli t1, ${add(7)}\nsw t1, 0(t0)\n${fence}\n`;
		const text = inSupervisor(bits, `${function_(at.a, 1)} fence.i\n${calls("one", 300)} ${rewrite} ${calls("two", 300)}`, both);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 300 + 300 * 7]);
	});

	it.each([
		["its own address", virtual],
		["another address of its page", virtual + 0x1000],
	])("a store to the next instruction through %s is run", async (_, through) => {
		// sw a3, 0(a4) | addi s5, s5, 1 | ret: the store writes another addi over it
		const code = put(bits, at.a, `sw a3, 0(a4)\n.word ${add(1)}\nret`);
		const text = inSupervisor(
			bits,
			`${code} fence.i\nli a4, ${through + 4}\nli a3, ${add(1)}\n${calls("one", 300)} li a3, ${add(50)}\n${calls("two", 1)} li a3, ${add(3)}\n${calls("three", 1)}`,
			[at.a, at.a],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 300 + 50 + 3]);
	});

	it("code that is taken away after it was chained faults at its address, and runs again once it is back", async () => {
		// addi s5, s5, 1 in the last word of the first page: control runs over the edge into the second
		const text = inSupervisor(
			bits,
			`li t0, ${at.a + 0xffc}\nli t1, ${add(1)}\nsw t1, 0(t0)\n${function_(at.c, 100)} fence.i
			li t3, ${virtual + 0xffc}
			li s4, 300
		one: jalr t3
			addi s4, s4, -1
			bnez s4, one
			${remap(bits, 1, at.c, 0)} sfence.vma
			jalr t3
			mv s6, s5
			mv s7, s10
			li s4, 300
			${remap(bits, 1, at.b, V | R | W | X)} ${function_(at.b, 7)} sfence.vma
			fence.i
		two: jalr t3
			addi s4, s4, -1
			bnez s4, two\n`,
			[at.a, at.c],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s9"), register("s7")]).toEqual([done, 1, 12, virtual + 0x1000]);
		expect([register("s6"), register("s5")]).toEqual([300 * 101 + 1, 300 * 101 + 1 + 300 * 8]);
	});

	it("an instruction over the edge of two pages is made of both as they are now", async () => {
		const word = add(1);
		const other = add(64);
		const text = inSupervisor(
			bits,
			`li t0, ${at.a + 0xffe}\nli t1, ${word & 0xffff}\nsh t1, 0(t0)
			${[at.c, at.b].map((page, i) => `li t0, ${page}\nli t1, ${(i === 0 ? word : other) >>> 16}\nsh t1, 0(t0)\nli t1, 0x8082\nsh t1, 2(t0)\n`).join("")} fence.i
			li t3, ${virtual + 0xffe}
			li s4, 300
		one: jalr t3
			addi s4, s4, -1
			bnez s4, one
			${remap(bits, 1, at.b)} sfence.vma
			li s4, 300
		two: jalr t3
			addi s4, s4, -1
			bnez s4, two
			mv s6, s5
			${remap(bits, 1, at.b, V | R | W)} sfence.vma
			jalr t3\n`,
			[at.a, at.c],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s6"), register("s5")]).toEqual([done, 300 + 300 * 64, 300 + 300 * 64]);
		expect([register("s11"), register("s9"), register("s10")]).toEqual([1, 12, virtual + 0x1000]);
	});

	it.each([
		["with fence.i", "fence.i"],
		["without", ""],
	])("a page that is now written, now run, %s, does what was written last, and never both", async (_, fence) => {
		const round = `
			${remap(bits, 0, at.a, V | R | W)} sfence.vma
			li t3, ${virtual}
			sw s6, 0(t3)
			jalr t3
			${remap(bits, 0, at.a, V | X)} sfence.vma
			${fence}
			jalr t3
			sw s6, 0(t3)
			lui t1, 0x100
			add s6, s6, t1
			addi s4, s4, -1`;
		const text = inSupervisor(bits, `${function_(at.a, 1)} li s6, ${add(1)}\nli s4, 60\nagain: ${round}\nbnez s4, again\n`, [[at.a, V | R | W]]);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 120, (60 * 61) / 2]);
	});

	it("A is not set for code that was only looked at", async () => {
		// a branch that is never taken leads to an instruction over the edge into the next page
		const far = 0xff0;
		const code = put(bits, at.a, `addi s5, s5, 1\nbeqz s4, . + ${far - 4}\nret`);
		const text = inSupervisor(
			bits,
			`${code} li t0, ${at.a + far}\nli t1, 0x00010001\nsw t1, 0(t0)\nsw t1, 4(t0)\nsw t1, 8(t0)\nli t1, ${(add(1) << 16) | 1}\nsw t1, 12(t0)\nfence.i\n${calls("one", 300)} ${read(1, "a2")}`,
			[
				[at.a, V | R | W | X],
				[at.c, V | R | W | X],
			],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 300]);
		expect(register("a2") & 0xff).toBe(V | R | W | X);
	});

	it("a store to the entry that it goes through leaves what was stored, and counts after a fence", async () => {
		const text = inSupervisor(
			bits,
			`${[at.a, at.b].map((page, i) => `li t0, ${page}\nli t1, ${i + 1}\nsw t1, 0(t0)\n`).join("")}
			li t0, ${virtual + 3 * size}
			li t1, ${entry(at.b, V | R)}
			${store} t1, 0(t0)
			li t2, ${slot(3)}
			${load} a2, 0(t2)
			sfence.vma
			li t0, ${virtual + 0x3000}
			lw a3, 0(t0)
			sw a3, 0(t0)
			${load} a4, 0(t2)
			li t0, ${virtual}
			lbu a5, ${4 * size + 1}(t0)
			sb a5, ${4 * size + 1}(t0)
			${read(0, "a6")}`,
			[[at.low, V | R | W], 0, 0, [at.low, V | R | W]],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s9"), register("s10")]).toEqual([done, 1, 15, virtual + 0x3000]);
		expect([register("a2"), register("a3"), register("a4")]).toEqual([entry(at.b, V | R), 2, entry(at.b, V | R | A)]);
		expect(register("a6") & 0xff).toBe(V | R | W | A | D);
	});

	it("a store that sets D in its own entry first loses it where it writes over it", async () => {
		// entry 3 maps the table itself; the store writes the whole of entry 3: no D is added to it, and none to any other
		const text = inSupervisor(
			bits,
			`li t0, ${virtual + 0x3000 + 3 * size}\nli t1, ${entry(at.low, V | R | W)}\n${store} t1, 0(t0)\nli t2, ${slot(3)}\n${load} a2, 0(t2)\nsb zero, 1(t0)\n${load} a3, 0(t2)\n`,
			[0, 0, 0, [at.low, V | R | W]],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11")]).toEqual([done, 0]);
		expect(register("a2")).toBe(entry(at.low, V | R | W));
		expect([entry(at.low, V | R | W) & ~0xff00, (entry(at.low, V | R | W) & ~0xff00) | A | D]).toContain(register("a3"));
	});

	it("code whose page holds its own entry is run, and A is set in it", async () => {
		const code = `li t0, ${at.low + 0x900}\nli t1, ${add(1)}\nsw t1, 0(t0)\nli t1, 0x8067\nsw t1, 4(t0)\n`;
		const text = inSupervisor(
			bits,
			`${code} fence.i\nli s6, 5\nagain:\n${calls("one", 40).replace(`li t0, ${virtual}`, `li t0, ${virtual + 0x900}`)} ${read(0, "a2")} ${remap(bits, 0, at.low, V | X)} sfence.vma\n${read(0, "a3")} addi s6, s6, -1\nbnez s6, again\n`,
			[[at.low, V | X]],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5")]).toEqual([done, 0, 200]);
		expect([register("a2") & 0xff, register("a3") & 0xff]).toEqual([V | X | A, V | X]);
	});

	it("an entry that is an instruction, too, is run as the walk just before left it", async () => {
		// V R W X G A with this page is JAL x0, +0x8200; with D it is JAL ra. The store before it goes through this entry and sets D.
		const flags = V | R | W | X | G | A;
		const index = 0x810 / size;
		const there = at.low + 0x810 + 0x8200;
		const text = inSupervisor(
			bits,
			`${put(bits, at.low, "addi s5, s5, 1\nsw zero, 64(t3)", 0x808)} li t0, ${there}\nli t1, 0x00098067\nsw t1, 0(t0)
			li t3, ${virtual + index * 4096}
			li t4, ${at.low + 0x808}
			li s6, 40
		again:
			${remap(bits, index, 0x80020000, flags)} sfence.vma
			fence.i
			la s3, back_again
			li ra, 0
			jr t4
		back_again:
			beqz ra, old
			addi s7, s7, 1
		old: addi s6, s6, -1
			bnez s6, again
			${read(index, "a2")}`,
			[],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s5"), register("a2") & 0xff]).toEqual([done, 0, 40, flags | D]);
		// the manual asks for fence.i; what the walk writes is seen at once, as every other store is
		expect(register("s7")).toBe(40);
	});
});

describe("S6: code that a device writes", () => {
	it.each(engines)("is run, not what was there before, when semihosting reads a file into it, on %s", async (engine) => {
		const call = (n: number) => `li a0, ${n}\nslli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n`;
		const text = `
			la a1, open
			${call(1)}
			la a1, block
			sd a0, 0(a1)
			li s4, 300
		one: call f
			addi s4, s4, -1
			bnez s4, one
			la a1, block
			${call(6)}
			li s4, 300
		two: call f
			addi s4, s4, -1
			bnez s4, two
			li a0, 0
			${finish}
		.align 3
		open: .dword name, 0, 3
		block: .dword 0, f, 4
		name: .byte 58, 116, 116, 0
		.align 3
		f: .word ${add(1)}
			ret`;
		const { machine, register } = await rig(64, engine, text, { semihosting: true });
		const word = add(9);
		// the UART takes the first byte
		machine.input(Uint8Array.of(0, word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24));
		expect(machine.run(50_000)).toEqual(done);
		expect(register("s5")).toBe(300 + 300 * 9);
	});
});
