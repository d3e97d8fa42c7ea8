import { describe, expect, it } from "vitest";
import { type Bits, base, finish, ramBytes, rig, runAlike } from "./rig.ts";

const data = base + 0x8000;
const end = base + ramBytes;
/** Loops that begin with pointers in s0 and s1 and a count in s2, and perhaps a stride in s3; what they compute stays in s5 and s6. Whether the loop ends in a trap. */
const loops: readonly [what: string, s0: number, s1: number, s2: number, body: string, traps?: boolean, s3?: number][] = [
	["fills words over page edges", data, 0, 3000, "loop: sw s2, 0(s0)\naddi s0, s0, 4\naddi s2, s2, -1\nbnez s2, loop"],
	["copies bytes that overlap", data, data + 3, 3000, "loop: lbu a0, 0(s0)\nsb a0, 0(s1)\naddi s0, s0, 1\naddi s1, s1, 1\naddi s2, s2, -1\nbnez s2, loop"],
	[
		"copies downwards",
		data + 0x2000,
		data + 0x4000,
		1000,
		"loop: lw a0, -4(s0)\nsw a0, -4(s1)\naddi s0, s0, -4\naddi s1, s1, -4\naddi s2, s2, -1\nbnez s2, loop",
	],
	["writes the same place", data, data, 500, "loop: lw a0, 8(s0)\nadd a0, a0, s2\nsw a0, 8(s0)\naddi s2, s2, -1\nbnez s2, loop"],
	[
		"has arms that move differently",
		data,
		data + 0x3000,
		600,
		"loop: lw a0, 0(s0)\naddi s0, s0, 4\nandi a1, s2, 1\nbeqz a1, even\nsw s2, 0(s1)\naddi s1, s1, 4\neven: add s5, s5, a0\naddi s2, s2, -1\nbnez s2, loop",
	],
	[
		"has arms that move alike, and two ways back",
		data,
		data + 0x3000,
		600,
		"loop: lw a0, 0(s0)\nadd s5, s5, a0\naddi s2, s2, -1\nandi a1, s2, 3\nbeqz a1, other\nsw s2, 0(s0)\naddi s0, s0, 4\nbnez s2, loop\nj done\nother: sw s5, 0(s0)\naddi s0, s0, 4\nbnez s2, loop",
	],
	[
		"ends where two places differ",
		data,
		data + 0x1800,
		5000,
		"loop: lbu a0, 0(s0)\nlbu a1, 0(s1)\naddi s0, s0, 1\naddi s1, s1, 1\nbne a0, a1, done\naddi s2, s2, -1\nbnez s2, loop",
	],
	["takes its pointer from memory", data, data, 300, "sw s0, 0(s0)\nloop: lw s3, 0(s0)\nadd s5, s5, s3\nsw s2, 4(s0)\naddi s2, s2, -1\nbnez s2, loop"],
	["stores to places that are not aligned", data + 1, 0, 300, "loop: sw s2, 0(s0)\naddi s0, s0, 8\naddi s2, s2, -1\nbnez s2, loop"],
	["strides over much", data, data, 100, "loop: lw a0, 0(s0)\nadd s5, s5, a0\naddi s0, s0, 1020\naddi s2, s2, -1\nbnez s2, loop"],
	[
		"strides by a register",
		data,
		data + 24,
		200,
		"loop: lw a0, 0(s0)\nadd s5, s5, a0\nadd s0, s0, s3\nsw s5, 0(s1)\naddi s1, s1, 4\naddi s2, s2, -1\nbnez s2, loop",
		false,
		52,
	],
	["strides down by a register", data + 0x3000, data, 200, "loop: lw a0, 0(s0)\nadd s5, s5, a0\nadd s0, s3, s0\naddi s2, s2, -1\nbnez s2, loop", false, -20],
	["stands still by a register", data, data, 200, "loop: lw a0, 0(s0)\nadd s5, s5, a0\nadd s0, s0, s3\naddi s2, s2, -1\nbnez s2, loop", false, 0],
	["strides by a register out of RAM", data, data, 200, "loop: lw a0, 0(s0)\nadd s5, s5, a0\nadd s0, s0, s3\naddi s2, s2, -1\nbnez s2, loop", true, 8192],
	[
		"strides by a register that is huge",
		data,
		data,
		20,
		"loop: lw a0, 0(s0)\nadd s5, s5, a0\nadd s0, s0, s3\naddi s2, s2, -1\nbnez s2, loop",
		true,
		0x40000000,
	],
	["stores by a register", data, data, 200, "loop: sw s2, 0(s0)\nadd s5, s5, s0\nadd s0, s0, s3\naddi s2, s2, -1\nbnez s2, loop", false, 12],
	["stores over its own code, what is there", base, 0, 80, "loop: lw a0, 0(s0)\nsw a0, 0(s0)\naddi s0, s0, 4\naddi s2, s2, -1\nbnez s2, loop"],
	["stores at a device", 0x2004000, 0, 100, "loop: sw s2, 0(s0)\nadd s5, s5, s2\naddi s2, s2, -1\nbnez s2, loop"],
	["loads up to the end of RAM and on", end - 2048, 0, 3000, "loop: lw a0, 0(s0)\naddi s5, s5, 1\naddi s0, s0, 4\naddi s2, s2, -1\nbnez s2, loop", true],
	["stores up to the end of RAM and on", end - 2048, 0, 3000, "loop: sw s2, 0(s0)\naddi s5, s5, 1\naddi s0, s0, 4\naddi s2, s2, -1\nbnez s2, loop", true],
	["loads down to the start of RAM and on", base + 1024, 0, 3000, "loop: lw a0, 0(s0)\naddi s5, s5, 1\naddi s0, s0, -4\naddi s2, s2, -1\nbnez s2, loop", true],
	[
		"looks into a table",
		data,
		data + 0x800,
		700,
		"loop: lbu a0, 0(s0)\nadd a0, a0, s1\nlbu a1, 0(a0)\nadd s5, s5, a1\naddi s0, s0, 1\naddi s2, s2, -1\nbnez s2, loop",
	],
];

describe.each([64, 32] as const)("loops that look ahead for turns without checks, rv%i", (bits: Bits) => {
	it.each(loops)("one that %s: the same on every engine, to the end and wherever the run is stopped", async (_, s0, s1, s2, body, traps = false, s3 = 0) => {
		// data that is not the same everywhere; the loop is run twice, so that it is translated the second time at the latest
		const text = `
			la t0, trapped
			csrw mtvec, t0
			li t0, ${data}
			li t1, 4096
			seed: slli t2, t1, 3
			xor t2, t2, t1
			sb t2, 0(t0)
			addi t0, t0, 1
			addi t1, t1, -1
			bnez t1, seed
			li s7, 2
			again: li s0, ${s0}
			li s1, ${s1}
			li s2, ${s2}
			li s3, ${s3}
			${body}
			done: addi s7, s7, -1
			bnez s7, again
			li a0, 0
			${finish}
			.balign 4
			trapped: csrr s8, mtval
			csrr s9, mcause
			la t0, done
			csrw mepc, t0
			mret`;
		const { outcome, register } = await runAlike(bits, text, 200_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		expect(register("s9") !== 0).toBe(traps);
		for (const before of [29, 1003]) await runAlike(bits, text, outcome.retired - before);
	});
	it("goes round without checks for most turns, and makes no exit where pages end", async () => {
		const text = `li s0, ${data}\nli s2, 100000\nli s1, ${end - 64}\nloop: sw s2, 0(s0)\nlw a0, 0(s0)\naddi s0, s0, 4\nbltu s0, s1, same\nli s0, ${data}\nsame: addi s2, s2, -1\nbnez s2, loop\nli a0, 0\n${finish}`;
		const { machine } = await rig(bits, "wasm", text);
		expect(machine.run(2_000_000).reason).toBe("exit");
		expect(machine.statistics.assists).toBeLessThan(5);
	});
});
