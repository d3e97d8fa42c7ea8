/** Loops of floating-point instructions: what is expected of them stops being so half way, on every engine alike, whatever has been translated by then. */
import { beforeAll, describe, expect, it } from "vitest";
import { setWasmFlags } from "../../src/host/node/wasm-flags.ts";
import { type Bits, base, finish, rig, runAlike } from "./rig.ts";

const data = base + 0x8000;
const view = new DataView(new ArrayBuffer(8));
/** The number into memory, by two words. */
function put(at: number, value: number): string {
	view.setFloat64(0, value);
	return `li t0, ${at}\nli t1, ${view.getInt32(4)}\nsw t1, 0(t0)\nli t1, ${view.getInt32(0)}\nsw t1, 4(t0)\n`;
}
const numbers = (values: readonly number[]): string => values.map((value, i) => put(data + 8 * i, value)).join("");

/**
 * Loops of 300 turns, s2 counting down, that begin with f1... holding these numbers; f1, f2 and f3 go to memory at the end. Each is run three times, with inexact raised by then, as a
 * rule, and the last time in another rounding mode.
 */
const loops: readonly [what: string, start: readonly number[], body: string][] = [
	["grow until they overflow", [1.5, 1e300, 7], "fmul.d f1, f1, f2\nfadd.d f3, f3, f1\nfmul.d f2, f2, f2"],
	["overflow in sums alone", [1e308, 1e306, 0], "fadd.d f1, f1, f2\nfadd.d f3, f1, f1\nfsub.d f3, f3, f1"],
	["divide by what has overflowed", [1.7e308, 3.3, 1], "fadd.d f1, f1, f1\nfdiv.d f3, f2, f1\nfadd.d f2, f2, f3"],
	[
		"compare what has overflowed",
		[1e300, 1e305, 0],
		"fadd.d f1, f1, f2\nfadd.d f1, f1, f1\nflt.d a0, f1, f2\nfeq.d a1, f1, f1\nadd s5, s5, a0\nadd s5, s5, a1",
	],
	["come to no number", [1e307, 3, 0], "fadd.d f1, f1, f1\nfneg.d f2, f1\nfadd.d f3, f1, f2\nfmin.d f2, f3, f1"],
	["shrink until they underflow", [1, 0.37, 1e-300], "fmul.d f1, f1, f2\nfmul.d f3, f3, f2\nfadd.d f4, f1, f3"],
	["underflow in a fused one", [1e-150, 1e-150, 1e-305], "fmadd.d f3, f1, f2, f3\nfmul.d f1, f1, f4\nfnmsub.d f3, f1, f2, f3"],
	[
		"cancel to nothing",
		[1.1, 1.3, 0],
		"fmul.d f3, f1, f2\nfnmsub.d f4, f1, f2, f3\nfmsub.d f5, f1, f2, f3\nfadd.d f1, f1, f4\nfmul.d f6, f4, f5\nfadd.d f2, f2, f6",
	],
	["multiply zeros", [0, 3.3, -0], "fmul.d f4, f1, f2\nfmadd.d f5, f1, f2, f3\nfmadd.d f3, f2, f4, f3\nfdiv.d f6, f1, f2\nfsqrt.d f4, f3"],
	[
		"go through memory",
		[0.1, 1.0000001, 5e307],
		`li a5, ${data + 256}\nfmul.d f1, f1, f2\nfsd f1, 0(a5)\nfadd.d f3, f3, f3\nfsd f3, 8(a5)\nfld f4, 0(a5)\nfadd.d f2, f2, f4`,
	],
	[
		"are converted",
		[0.7, 3e8, 123.25],
		"fadd.d f1, f1, f2\nfcvt.w.d a0, f1, rtz\nadd s5, s5, a0\nfcvt.d.w f4, s2\nfmul.d f3, f3, f4\nfcvt.s.d f5, f3\nfcvt.d.s f3, f5",
	],
	["have their signs changed", [0.3, -2.5, 1e200], "fneg.d f4, f1\nfabs.d f5, f2\nfnmadd.d f1, f4, f5, f3\nfsgnj.d f3, f3, f1\nfmul.d f2, f2, f5"],
	["take roots of what becomes negative", [40, 0.3, 0], "fsub.d f1, f1, f2\nfsqrt.d f3, f1\nfadd.d f4, f3, f3"],
];

// with the host's multiply-add, where it has one
beforeAll(setWasmFlags);

describe.each([64, 32] as const)("loops of floating-point instructions, rv%i", (bits: Bits) => {
	it.each(loops.filter((_, i) => bits === 64 || i % 3 === 0))(
		"loops that %s: the same on every engine, to the end and where the run is stopped",
		async (_, start, body) => {
			const text = `
			la t0, trapped
			csrw mtvec, t0
			li t0, 0x2000
			csrs mstatus, t0
			${numbers([...start, 2 / 3, 1e5, 1])}
			li s7, 3
			again: li t0, ${data}
			${[1, 2, 3, 4, 5, 6].map((f) => `fld f${f}, ${8 * (f - 1)}(t0)`).join("\n")}
			li s2, 300
			loop: ${body}
			addi s2, s2, -1
			bnez s2, loop
			li t0, ${data + 512}
			slli t1, s7, 6
			add t0, t0, t1
			fsd f1, 0(t0)
			fsd f2, 8(t0)
			fsd f3, 16(t0)
			csrr t2, fflags
			sw t2, 24(t0)
			li t1, 2
			bne s7, t1, same
			csrwi frm, 2
			same: addi s7, s7, -1
			bnez s7, again
			li a0, 0
			end: ${finish}
			.balign 4
			trapped: li a0, 1
			j end`;
			const { outcome } = await runAlike(bits, text, 50_000);
			expect(outcome.result).toEqual({ reason: "exit", code: 0 });
			await runAlike(bits, text, outcome.retired - 1501);
		},
	);
	it("a loop that goes as expected is left for the interpreter a few times at most", async () => {
		const text = `li t0, 0x2000\ncsrs mstatus, t0\n${numbers([1.1, 0.999999, 3e-5])}li t0, ${data}\nfld f1, 0(t0)\nfld f2, 8(t0)\nfld f3, 16(t0)\nli s2, 50000\nloop: fmadd.d f1, f1, f2, f3\nfmul.d f4, f1, f1\nfadd.d f5, f4, f3\nfsd f5, 32(t0)\naddi s2, s2, -1\nbnez s2, loop\nli a0, 0\n${finish}`;
		const { machine } = await rig(bits, "wasm", text);
		expect(machine.run(2_000_000).reason).toBe("exit");
		expect(machine.statistics.assists).toBeLessThan(5);
	});
	it("without floating point, its instructions trap wherever they are", async () => {
		const text = `la t0, trapped\ncsrw mtvec, t0\nli t0, 0x2000\ncsrs mstatus, t0\nli s2, 400\nli t1, ${data}\nloop: fadd.d f1, f1, f2\nfsd f1, 0(t1)\nandi t2, s2, 63\nbnez t2, on\nli t0, 0x6000\ncsrc mstatus, t0\non: addi s2, s2, -1\nbnez s2, loop\nli a0, 0\n${finish}\n.balign 4\ntrapped: addi s5, s5, 1\nli t3, 0x2000\ncsrs mstatus, t3\nmret`;
		const { outcome, register } = await runAlike(bits, text, 50_000);
		expect(outcome.result).toEqual({ reason: "exit", code: 0 });
		expect(register("s5")).toBe(6);
	});
});
