import { describe, expect, it } from "vitest";
import { accessLoop, type Bits, base, finish, ramBytes, rig, runAlike } from "./rig.ts";

const times = 300;
const data = base + 0x8000;
/** What several accesses off one base find, and how often at most an instruction of theirs is interpreted because translated code cannot do it. */
const places: readonly [what: string, at: number, accesses: string, most: number][] = [
	["plain RAM", data, "lw a2, 0(s0)\nsw s1, 4(s0)\nlhu a3, 10(s0)\nsb s1, 13(s0)\nlw a4, -4(s0)\nsw a4, 60(s0)", 2],
	["RAM over a page edge", data - 8, "sw s1, 0(s0)\nsw s1, 12(s0)\nlw a2, 12(s0)", 2],
	["the last words of RAM", base + ramBytes - 16, "sw s1, 0(s0)\nsw s1, 12(s0)\nlw a2, 12(s0)", 2],
	["the first words of RAM", base + 0x20, "lw a2, -32(s0)\nlw a3, -28(s0)", 2],
	["a device", 0x2004000, "sw s1, 0(s0)\nsw s1, 4(s0)\nlw a2, 0(s0)\nlw a3, 4(s0)", 4 * times + 2],
	["places that are not aligned", data + 2, "sw s1, 1(s0)\nsw s1, 5(s0)\nlw a2, 1(s0)", times / 2],
	["code", base, "lw a2, 0(s0)\nlw a3, 4(s0)\nsw a2, 0(s0)\nsw a3, 4(s0)", times / 2],
];

describe.each([64, 32] as const)("accesses off one base that are checked together, rv%i", (bits: Bits) => {
	it.each(places)("%s: the same on every engine, and what cannot be done so is not tried for ever", async (_, at, accesses, most) => {
		// the code stands behind the first page, so that a store to that one is one to a flagged page that hits no code of the loop
		const text = `
			j start
			nop
			nop
			.zero 4096
			start: ${accessLoop(at, accesses, times)}
			li a0, 0
			${finish}`;
		const { outcome } = await runAlike(bits, text, 50_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		const { machine } = await rig(bits, "wasm", text);
		machine.run(50_000);
		expect(machine.statistics.assists).toBeLessThanOrEqual(most);
	});
	it("a base that leaves RAM in the middle of a loop faults at the right access", async () => {
		const text = `
			la t0, trapped
			csrw mtvec, t0
			li s0, ${base + ramBytes - 512}
			again: sw s0, 0(s0)
			addi s2, s2, 1
			sw s0, 8(s0)
			addi s0, s0, 4
			j again
			trapped: csrr s3, mtval
			csrr s4, mcause
			li a0, 0
			${finish}`;
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		expect([register("s2"), register("s3"), register("s4")]).toEqual([(512 - 8) / 4 + 1, base + ramBytes, 7]);
	});
});
