import { describe, expect, it } from "vitest";
import { type Bits, base, engines, expectCanaries, finish, ramBytes, rig, runAlike } from "./rig.ts";

const widths: readonly Bits[] = [32, 64];
const count = 20_000;
/** For guests that do nothing but make the host work. */
const few = 3000;

/** Guests that never end; each must come back after exactly `few` instructions, or sooner where it retires none. */
const runaways: [what: string, text: string, exact: boolean][] = [
	["jumps to itself", "x: j x", true],
	["jumps to itself through a register", "la t0, x\nx: jr t0", true],
	["calls itself without end", "li sp, 0x80080000\nx: addi sp, sp, -16\nsw ra, 0(sp)\ncall x", true],
	["has a trap handler outside RAM", "csrw mtvec, zero\necall", false],
	["has a trap handler that is itself illegal", "la t0, x\ncsrw mtvec, t0\n.align 2\nx: .word 0", false],
	["has a trap handler that traps at its second instruction", "la t0, x\ncsrw mtvec, t0\n.align 2\nx: nop\necall", true],
	["returns from a trap to the same trap", "la t0, x\ncsrw mtvec, t0\necall\n.align 2\nx: mret", true],
	[
		"takes interrupts that it never answers",
		"la t0, x\ncsrw mtvec, t0\nli t1, 0x2000000\nli t2, 1\nsw t2, 0(t1)\ncsrw mie, 8\nli t0, 8\ncsrw mie, t0\ncsrs mstatus, t0\ny: j y\n.align 2\nx: mret",
		true,
	],
	[
		"takes timer interrupts that are due at once",
		"la t0, x\ncsrw mtvec, t0\nli t1, 0x2004000\nsw zero, 0(t1)\nsw zero, 4(t1)\nli t0, 128\ncsrw mie, t0\nli t0, 8\ncsrs mstatus, t0\ny: j y\n.align 2\nx: mret",
		true,
	],
	["waits with an interrupt pending that it does not take", "li t1, 0x2000000\nli t2, 1\nsw t2, 0(t1)\nli t0, 8\ncsrw mie, t0\nx: wfi\nj x", true],
	["writes to the console for ever", "li t0, 0x10000000\nx: sb t0, 0(t0)\nj x", true],
	["reads a device for ever", "li t0, 0x2000000\nx: lw t1, 0(t0)\nj x", true],
	["rewrites its own next instruction for ever", "la t0, y\nlw t1, 0(t0)\nx: sw t1, 0(t0)\ny: addi t2, t2, 1\nj x", true],
	["rewrites its own page for ever", "la t0, x\nx: sw t1, 0x100(t0)\nj x", true],
	["resets the machine again and again", "li t0, 0x7777\nli t1, 0x100000\nsw t0, 0(t1)\nx: j x", false],
	["synchronises for ever", "x: fence.i\nj x", true],
	["changes protection for ever", "x: csrw pmpaddr0, t0\ncsrw pmpcfg0, t0\naddi t0, t0, 1\nj x", true],
	["breaks for ever without a handler", "la t0, x\ncsrw mtvec, t0\n.align 2\nx: ebreak", false],
	["faults for ever in user mode", "la t0, x\ncsrw mtvec, t0\nla t0, u\ncsrw mepc, t0\nmret\n.align 2\nx: mret\nu: nop", true],
];

describe("S7: a guest cannot stop the host", () => {
	for (const bits of widths)
		for (const [what, text, exact] of runaways)
			it(`rv${bits}: one that ${what} comes back in time, alike on every engine`, async () => {
				const start = performance.now();
				const { outcome } = await runAlike(bits, text, few);
				expect(outcome.result).toEqual({ reason: "limit" });
				if (exact) expect(outcome.retired).toBe(few);
				else expect(outcome.retired).toBeLessThan(few);
				expect(performance.now() - start).toBeLessThan(20_000);
			});
	it("one that waits for nothing is idle", async () => {
		const { outcome } = await runAlike(64, "wfi", count);
		expect([outcome.result, outcome.retired]).toEqual([{ reason: "idle" }, 1]);
	});
	for (const [what, operation, length, printed] of [
		["2^63 bytes", 5, "0x7fffffffffffffff", 0],
		["all of RAM", 5, "0x100000", 2 ** 20],
		["one byte more than RAM", 5, "0x100001", 0],
		["a text without an end", 4, "0", 2 ** 20 - 4096],
	] as const)
		it(`one that asks semihosting to print ${what} gets what there is, at once`, async () => {
			const call = (n: number) => `li a0, ${n}\nslli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n`;
			const fill = `li t0, 0x80001000\nli t1, 0x80100000\nli t2, 0x4141414141414141\nx: sd t2, 0(t0)\naddi t0, t0, 8\nbltu t0, t1, x`;
			const from = operation === 4 ? "li a1, 0x80001000" : "la a1, write\nsd s0, 0(a1)";
			const text = `la a1, open\n${call(1)}mv s0, a0\n${fill}\n${from}\n${call(operation)}li a0, 5\n${finish}\n.align 3\nopen: .dword name, 4, 3\nwrite: .dword 0, 0x80000000, ${length}\nname: .byte 58, 116, 116, 0`;
			const { outcome } = await runAlike(64, text, 1_000_000, { semihosting: true, deviceTree: null });
			expect(outcome.result).toEqual({ reason: "exit", code: 5 });
			expect(outcome.output.length).toBe(printed);
		});
});

/** Every offset around an edge with every width; traps go on with the next instruction and add the cause to a checksum. */
function edges(bits: Bits, edge: number, kinds: readonly string[]): string {
	const lines: string[] = [];
	for (const kind of kinds) {
		for (let offset = -9; offset <= 9; offset++) {
			lines.push(`li t0, ${edge + offset}`, `${kind} ${kind[0] === "s" ? "s1" : "s2"}, 0(t0)`, "xor s0, s0, s2", "slli s3, s0, 7", "add s0, s0, s3");
		}
	}
	return `la t0, trap\ncsrw mtvec, t0\nli s1, 0x12345678\n${bits === 64 ? "slli s4, s1, 32\nadd s1, s1, s4\n" : ""}${lines.join("\n")}
	li a0, 7\n${finish}
	.align 2
trap: csrr t1, mcause
	add s0, s0, t1
	csrr t1, mtval
	xor s0, s0, t1
	addi s5, s5, 1
	csrr t1, mepc
	lbu t2, 0(t1)
	andi t2, t2, 3
	li t3, 3
	addi t1, t1, 2
	bne t2, t3, 1f
	addi t1, t1, 2
1:	csrw mepc, t1
	mret`;
}
const loads = { 32: ["lb", "lbu", "lh", "lhu", "lw"], 64: ["lb", "lbu", "lh", "lhu", "lw", "lwu", "ld"] } as const;
const stores = { 32: ["sb", "sh", "sw"], 64: ["sb", "sh", "sw", "sd"] } as const;

describe("S6: a guest stays in its RAM", () => {
	const places: [what: string, edge: number, faults: boolean][] = [
		["a page edge", base + 0x9000, false],
		["the start of RAM", base, true],
		["the end of RAM", base + ramBytes, true],
		["address 0", 9, true],
		["the edge of a device", 0x10000100, true],
		["the edge of the CLINT", 0x2000000, true],
	];
	for (const bits of widths)
		for (const [what, edge, faults] of places)
			it(`rv${bits}: loads of every width at every offset of ${what} are alike on every engine, and change nothing`, async () => {
				const { outcome, register } = await runAlike(bits, edges(bits, edge, loads[bits]), count);
				expect(outcome.result).toEqual({ reason: "exit", code: 7 });
				if (faults) expect(register("s5")).toBeGreaterThan(0);
				else expect(register("s5")).toBe(0);
			});
	// stores at the start of RAM would hit the program
	for (const bits of widths)
		for (const [what, edge, faults] of places.filter(([, edge]) => edge !== base))
			it(`rv${bits}: stores of every width at every offset of ${what} are alike on every engine, with clean canaries`, async () => {
				for (const engine of engines) {
					const { machine } = await rig(bits, engine, edges(bits, edge, stores[bits]));
					expect(machine.run(count)).toEqual({ reason: "exit", code: 7 });
					expectCanaries(machine);
				}
				const { register } = await runAlike(bits, edges(bits, edge, stores[bits]), count);
				if (faults) expect(register("s5")).toBeGreaterThan(0);
				else expect(register("s5")).toBe(0);
			});

	/** Two encodings of `addi a0, a0, n`: the first is what stands there, the second what is stored over it. */
	const one = 0x00150513;
	const two = 0x00250513;
	const rewriting: [what: string, text: string, code: number][] = [
		["its next instruction, without a fence", `la t0, x\nli t1, ${two}\nsw t1, 0(t0)\nx: addi a0, a0, 1\n${finish}`, 2],
		["its next instruction, with a fence", `la t0, x\nli t1, ${two}\nsw t1, 0(t0)\nfence.i\nx: addi a0, a0, 1\n${finish}`, 2],
		["an instruction that has run, in a loop", `la t0, x\nli t1, ${two}\nli s0, 2\nx: addi a0, a0, 1\nsw t1, 0(t0)\naddi s0, s0, -1\nbnez s0, x\n${finish}`, 3],
		[
			"one byte of an instruction",
			`la t0, x\nlbu t1, 2(t0)\naddi t1, t1, 16\nli s0, 2\nx: addi a0, a0, 1\nsb t1, 2(t0)\naddi s0, s0, -1\nbnez s0, x\n${finish}`,
			3,
		],
		[
			"a function in another page that it has called",
			`la t0, f\nli t1, ${two}\ncall f\nsw t1, 0(t0)\ncall f\n${finish}\n.space 8192\nf: addi a0, a0, 1\nret`,
			3,
		],
		[
			"the second half of an instruction across a page edge",
			`la t0, f\nli s0, 2\nx: jalr t0\nla t1, half\nlhu t1, 0(t1)\nsh t1, 2(t0)\naddi s0, s0, -1\nbnez s0, x\n${finish}\nhalf: .half ${two >>> 16}\n.org ${base + 0x2ffe}\nf: addi a0, a0, 1\nret`,
			3,
		],
		[
			"a store that crosses from data into code",
			`la t0, f\nli s0, 2\nx: jalr t0\nli t1, ${(two & 0xffff) * 65536 + 0x1234}\nsw t1, -2(t0)\nli t1, ${two >>> 16}\nsh t1, 2(t0)\naddi s0, s0, -1\nbnez s0, x\n${finish}\n.org ${base + 0x3000}\nf: addi a0, a0, 1\nret`,
			3,
		],
		[
			"a branch target inside its own block",
			`la t0, x\nli t1, ${one}\nli t2, ${two}\nli s0, 4\nj y\nx: addi a0, a0, 1\nbeqz s0, z\ny: addi s0, s0, -1\nsw t2, 0(t0)\nxor t1, t1, t2\nxor t2, t1, t2\nxor t1, t1, t2\nj x\nz:${finish}`,
			2 + 1 + 2 + 1,
		],
	];
	for (const bits of widths)
		for (const [what, text, code] of rewriting)
			it(`rv${bits}: one that rewrites ${what} runs what it wrote`, async () => {
				const { outcome } = await runAlike(bits, text, count);
				expect(outcome.result).toEqual({ reason: "exit", code });
			});

	for (const engine of engines)
		it(`${engine}: code that the machine writes (as a device's DMA does) is run, not what was there before`, async () => {
			const text = `li s0, 100\nx: addi a0, a0, 1\naddi s0, s0, -1\nbnez s0, x\n${finish}`;
			const { machine, label, register } = await rig(64, engine, text);
			machine.run(1 + 3 * 50);
			expect(register("a0")).toBe(50);
			machine.write(label("x"), Uint8Array.of(two & 255, (two >> 8) & 255, (two >> 16) & 255, two >>> 24));
			expect(machine.run(1000)).toEqual({ reason: "exit", code: 50 + 100 });
		});

	const leaving: [what: string, text: string, cause: number, value: number | null][] = [
		["jumps below RAM", "li t0, 0x7ffffffc\njr t0", 1, 0x7ffffffc],
		["jumps behind RAM", `li t0, ${base + ramBytes}\njr t0`, 1, base + ramBytes],
		["jumps into a device", "li t0, 0x10000000\njr t0", 1, 0x10000000],
		["runs off the end of RAM", `li t0, ${base + ramBytes - 4}\nli t1, 0x13\nsw t1, 0(t0)\njr t0`, 1, base + ramBytes],
		["runs off the end of RAM in the middle of an instruction", `li t0, ${base + ramBytes - 2}\nli t1, 0x13\nsh t1, 0(t0)\njr t0`, 1, base + ramBytes],
		["runs zeros", "la t0, x\njr t0\n.align 2\nx: .word 0", 2, null],
		["runs ones", "la t0, x\njr t0\n.align 2\nx: .word 0xffffffff", 2, null],
	];
	for (const bits of widths)
		for (const [what, text, cause, value] of leaving)
			it(`rv${bits}: one that ${what} gets the trap that says so`, async () => {
				const whole = `la s0, trap\ncsrw mtvec, s0\n${text}\n.align 2\ntrap: csrr s1, mcause\ncsrr s2, mtval\nmv a0, s1\n${finish}`;
				const { outcome, register } = await runAlike(bits, whole, count);
				expect(outcome.result).toEqual({ reason: "exit", code: cause });
				if (value !== null) expect(register("s2")).toBe(value);
			});

	it("user mode is kept to what PMP allows, in the middle of a page too", async () => {
		const text = `la s0, trap
			csrw mtvec, s0
			la t0, open
			srli t0, t0, 2
			csrw pmpaddr0, t0
			la t0, closed
			srli t0, t0, 2
			csrw pmpaddr1, t0
			li t0, 0x0f00
			csrw pmpcfg0, t0
			la t0, open
			csrw mepc, t0
			la s2, closed
			mret
		.align 2
		trap: csrr s1, mcause
			csrr s3, mtval
			mv a0, s1
			${finish}
		.align 3
		open: addi s4, s4, 1
			lw t0, -4(s2)
			addi s4, s4, 1
			lw t0, 0(s2)
			addi s4, s4, 1
		.align 3
		closed: .word 0x13`;
		for (const bits of widths) {
			const { outcome, register, label } = await runAlike(bits, text, count);
			expect([outcome.result, register("s4"), register("s3")]).toEqual([{ reason: "exit", code: 5 }, 2, label("closed")]);
			const through = await runAlike(bits, text.replace("lw t0, 0(s2)", "nop"), count);
			expect([through.outcome.result, through.register("s4"), through.register("s3")]).toEqual([{ reason: "exit", code: 1 }, 3, label("closed")]);
		}
	});

	it("a block that ran is stopped in its middle once PMP closes the rest of it", async () => {
		const text = `la s0, trap
			csrw mtvec, s0
			li t0, -1
			csrw pmpaddr1, t0
			la s2, closed
			srli t0, s2, 2
			csrw pmpaddr0, t0
			li t0, 0x1f0f
			csrw pmpcfg0, t0
			la s5, open
			csrw mepc, s5
			mret
		.align 2
		trap: csrr s1, mcause
			csrr s3, mtval
			li t0, 8
			bne s1, t0, end
			# the second round: only what lies before 'closed' may be run
			li t0, 0x000f
			csrw pmpcfg0, t0
			csrw mepc, s5
			mret
		end: mv a0, s1
			${finish}
		.align 3
		open: addi s4, s4, 1
			addi s4, s4, 1
		closed: addi s4, s4, 16
			addi s4, s4, 16
			ecall`;
		for (const bits of widths) {
			const { outcome, register, label } = await runAlike(bits, text, count);
			expect([outcome.result, register("s4"), register("s3")]).toEqual([{ reason: "exit", code: 1 }, 2 + 32 + 2, label("closed")]);
		}
	});
});
