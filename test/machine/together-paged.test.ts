import { describe, expect, it } from "vitest";
import { at, Flag, inSupervisor, type Mapped, virtual } from "./paged.ts";
import { accessLoop, type Bits, base, rig, runAlike } from "./rig.ts";

const times = 300;
const { V, R } = Flag;
const map: readonly Mapped[] = [at.a, at.c, [at.b, V | R], 0, at.d];
const page = (number: number, offset = 0): number => virtual + number * 4096 + offset;

/** What several accesses off one base find under translation, how often an instruction of theirs faults, and how often at most one is interpreted because translated code cannot do it. */
const places: readonly [what: string, s0: number, accesses: string, traps: number, most: number][] = [
	["one page", page(0, 256), "lw a2, 0(s0)\nsw s1, 4(s0)\nlhu a3, 10(s0)\nsb s1, 13(s0)\nlw a4, -4(s0)\nsw a4, 60(s0)", 0, 2],
	["one page, not aligned", page(0, 258), "lw a2, 1(s0)\nsw s1, 5(s0)\nsw s1, 11(s0)\nlh a3, 13(s0)", 0, 2],
	["atomics", page(0, 512), "amoadd.w a2, s1, (s0)\nlw a3, 0(s0)\nsw a2, 4(s0)\namoswap.w a4, a2, (s0)", 0, 2],
	["two pages that are apart", page(0, 4088), "sw s1, 0(s0)\nsw s1, 12(s0)\nlw a2, 12(s0)\nlw a3, -4(s0)", 0, times],
	["an access over the edge of two pages", page(0, 4088), "sw s1, 0(s0)\nsw s1, 6(s0)\nlw a2, 6(s0)\nlw a3, -4(s0)", 0, times],
	["a page that can only be read", page(2, 8), "lw a2, 0(s0)\nlw a3, 4(s0)\nsw s1, 0(s0)\nsw s1, 4(s0)", 2 * times, times],
	["a page that is not there", page(3, 8), "lw a2, 0(s0)\nsw s1, 0(s0)\nlw a3, 4(s0)\nsw s1, 4(s0)", 4 * times, times],
	["the end of the last page before one", page(2, 4092), "lw a2, -4(s0)\nlw a3, 0(s0)\nlw a4, 4(s0)\nlw a5, -8(s0)", times, times],
	["the start of the first page behind one", page(4, 4), "lw a2, 4(s0)\nsw a2, 0(s0)\nlw a4, -8(s0)\nsw a5, 8(s0)", times, times],
	["a device", 0xc000004, "sw s1, 0(s0)\nsw s1, 4(s0)\nlw a2, 0(s0)\nlw a3, 4(s0)", 0, 5 * times],
	["code", base, "lw a2, 0(s0)\nlw a3, 4(s0)\nsw a2, 0(s0)\nsw a3, 4(s0)", 0, times],
];

describe.each([64, 32] as const)("accesses off one base that are looked up together under translation, rv%i", (bits: Bits) => {
	it.each(places)(
		"S6: %s: the same on every engine, tables included, and what cannot be done so is not tried for ever",
		async (_, s0, accesses, traps, most) => {
			const text = inSupervisor(bits, accessLoop(s0, accesses, times), map);
			const { outcome, register } = await runAlike(bits, text, 50_000);
			expect([outcome.result, register("s11")]).toEqual([{ reason: "exit", code: 0 }, traps]);
			const { machine } = await rig(bits, "wasm", text);
			machine.run(50_000);
			expect(machine.statistics.assists).toBeLessThanOrEqual(most);
		},
	);
	it("S6: tables that are stored to together, and read by translation in between, count at once", async () => {
		const [store, size] = bits === 64 ? ["sd", 8] : ["sw", 4];
		const [one, other] = [at.a, at.c].map((place) => (place / 4096) * 1024 + 0x0f);
		const text = inSupervisor(
			bits,
			`li t0, ${at.a}\nli t1, 1\nsw t1, 0(t0)\nli t0, ${at.c}\nli t1, 2\nsw t1, 0(t0)
			li s3, ${page(1)}\nli s6, ${one}\nli s7, ${other}
			li s0, ${at.low}
			li s4, ${times}
			again: ${store} zero, 0(s0)
			lw a2, 0(s3)
			${store} s7, ${size}(s0)
			lw a3, 0(s3)
			add s1, s1, a2
			slli a3, a3, 4
			add s1, s1, a3
			mv t0, s6\nmv s6, s7\nmv s7, t0
			addi s4, s4, -1
			bnez s4, again`,
			[0, at.a],
		);
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect([outcome.result, register("s11"), register("s1")]).toEqual([{ reason: "exit", code: 0 }, 0, (times / 2) * (1 + 16 * 2 + 2 + 16 * 1)]);
	});
});
