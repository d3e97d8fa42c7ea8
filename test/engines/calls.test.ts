/** Calls, returns and switches in translated code: where they go wrong on purpose, every engine and tier does what the interpreter does. */
import { describe, expect, it } from "vitest";
import { createAssembler } from "../../jit/decode/assemble.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { loadDefinition } from "../support/definition.ts";

const base = 0x80000000;
const stack = base + 0x10000;
const ramBytes = 0x20000;

/** By name: a program that ends in `j .`, and how many instructions of it are looked at. */
const programs: Record<string, { readonly text: string; readonly instructions: number }> = {
	"recursion deeper than the host's stack allows": {
		instructions: 60_000,
		text: `li sp, ${stack}
			li s0, 3
		again: li a0, 900
			call sum
			mv s1, a0
			addi s0, s0, -1
			bnez s0, again
			j .
		sum: beqz a0, done
			addi sp, sp, -16
			sw ra, 0(sp)
			sw a0, 8(sp)
			addi a0, a0, -1
			call sum
			lw t0, 8(sp)
			lw ra, 0(sp)
			addi sp, sp, 16
			add a0, a0, t0
		done: ret`,
	},
	"a callee that comes back elsewhere": {
		instructions: 20_000,
		text: `li s0, 1000
		loop: andi a0, s0, 3
			call skips
			addi s1, s1, 1
			addi s2, s2, 1
			addi s3, s3, 1
			addi s4, s4, 1
			addi s0, s0, -1
			bnez s0, loop
			j .
		skips: slli a0, a0, 2
			add ra, ra, a0
			ret`,
	},
	"a callee that leaves two frames at once": {
		instructions: 20_000,
		text: `li s0, 800
		loop: mv s5, ra
			call outer
			addi s1, s1, 1
			addi s0, s0, -1
			bnez s0, loop
			j .
		outer: mv s6, ra
			call inner
			addi s2, s2, 1
			jr s6
		inner: andi t0, s0, 1
			beqz t0, both
			ret
		both: mv ra, s6
			ret`,
	},
	"calls through pointers that change": {
		instructions: 30_000,
		text: `li s0, 1500
		loop: la t0, one
			andi t1, s0, 1
			beqz t1, go
			la t0, two
		go: jalr t0
			addi s0, s0, -1
			bnez s0, loop
			j .
		one: addi s1, s1, 3
			ret
		two: slli s1, s1, 1
			ret`,
	},
	"a switch whose arms are met one after the other": {
		instructions: 60_000,
		text: `li s0, 4000
		loop: srli t1, s0, 9
			andi t1, t1, 7
			slli t1, t1, 3
			la t0, arms
			add t0, t0, t1
			jr t0
		arms: addi s1, s1, 1
			j next
			.align 3
			xori s1, s1, 85
			j next
			.align 3
			slli s1, s1, 1
			j next
			.align 3
			srli s1, s1, 1
			j next
			.align 3
			addi s2, s2, 5
			j next
			.align 3
			sub s2, s2, s1
			j next
			.align 3
			add s3, s3, s2
			j next
			.align 3
			addi s4, s4, 1
			j next
		next: addi s0, s0, -1
			bnez s0, loop
			j .`,
	},
	"a callee that rewrites its caller": {
		instructions: 20_000,
		text: `li s0, 600
			la s3, patched
			lw s4, 0(s3)
		loop: call change
		patched: addi s1, s1, 1
			addi s0, s0, -1
			bnez s0, loop
			j .
		change: li t0, 0x100000
			xor s4, s4, t0
			andi t1, s0, 31
			bnez t1, same
			sw s4, 0(s3)
			fence.i
		same: ret`,
	},
	"traps in a callee": {
		instructions: 20_000,
		text: `la t0, handler
			csrw mtvec, t0
			li s0, 700
		loop: call bad
			addi s1, s1, 1
			addi s0, s0, -1
			bnez s0, loop
			j .
		bad: li t0, 0x10
			lw t1, 0(t0)
			addi s2, s2, 1
			ret
			.align 2
		handler: csrr t2, mepc
			addi t2, t2, 4
			csrw mepc, t2
			mret`,
	},
};

const tiers = (jsAfter: number, wasmAfter: number): Policy => ({ ...policies.auto, jsAfter, wasmAfter });
const table: readonly { readonly name: string; readonly policy: Policy; readonly slice: number }[] = [
	{ name: "js", policy: policies.js, slice: 1000 },
	{ name: "wasm", policy: policies.wasm, slice: 1000 },
	{ name: "wasm, budget 7", policy: policies.wasm, slice: 7 },
	{ name: "tiers of 1 and 2 runs", policy: tiers(1, 2), slice: 1000 },
	{ name: "tiers of 2 and 10 runs", policy: tiers(2, 10), slice: 37 },
	{ name: "wasm after 3 runs, no js", policy: tiers(Number.POSITIVE_INFINITY, 3), slice: 1000 },
];

async function states(isa: Isa, text: string, policy: Policy, slice: number, instructions: number): Promise<string[]> {
	const { bytes } = createAssembler(isa).assemble(text, { origin: base });
	const machine = buildMachine({ board: virt, isa, image: loadRaw(bytes, base), policy, ramBytes });
	const seen: string[] = [];
	for (let done = 0; done < instructions; ) {
		for (const end = done + 1000; done < end; done += Math.min(slice, end - done)) machine.run(Math.min(slice, end - done));
		seen.push(`${machine.retired} at ${machine.pc().toString(16)}: ${machine.hash()}`);
	}
	machine.close();
	return seen;
}

describe.each([32, 64])("on rv%i, every engine agrees with the interpreter about", (XLEN) => {
	const isa = loadDefinition("riscv", { XLEN });
	it.each(Object.entries(programs))("%s", async (_, { text: narrow, instructions }) => {
		const text = XLEN === 64 ? narrow.replace(/\b([ls])w ra/g, "$1d ra") : narrow;
		const wanted = await states(isa, text, policies.interpret, 1000, instructions);
		expect(new Set(wanted).size).toBeGreaterThan(10);
		for (const { name, policy, slice } of table) {
			expect({ name, seen: await states(isa, text, policy, slice, instructions) }).toEqual({ name, seen: wanted });
		}
	});
});
