import { describe, expect, it } from "vitest";
import { type Engine, engines } from "../../jit/tier/policy.ts";
import { createSymbols, nameSamples } from "../../src/debug/profile/frames.ts";
import { createLook } from "../../src/debug/profile/look.ts";
import { collapsedOf, hottest } from "../../src/debug/profile/outputs.ts";
import { createSampler } from "../../src/debug/profile/sampler.ts";
import { createUnwinder } from "../../src/debug/profile/unwind.ts";
import { imageOf, machineOf } from "./rig.ts";

/** `outer` calls `inner` in half of its time: each of the two loops takes the same number of instructions. */
const program = `la sp, stack
li s0, 2000
again: jal ra, outer
addi s0, s0, -1
bnez s0, again
j exit
outer: addi sp, sp, -16
sd ra, 8(sp)
li a0, 50
spin: addi a0, a0, -1
bnez a0, spin
jal ra, inner
ld ra, 8(sp)
addi sp, sp, 16
ret
inner: li a0, 50
turn: addi a0, a0, -1
bnez a0, turn
ret
.balign 16
.zero 256
stack:`;

/** Pieces of a run as a terminal makes them, or one. */
function profile(engine: Engine, o: { interval?: number; piece?: number; processors?: number } = {}) {
	const image = imageOf(program);
	const machine = machineOf(image, engine, o.processors);
	const symbols = createSymbols([image.symbols]);
	const unwinder = createUnwinder(createLook(machine), symbols.at);
	const sampler = createSampler(machine, unwinder, o.interval ?? 100);
	while (sampler.run(o.piece ?? 1e7).reason === "limit");
	const samples = nameSamples(sampler.samples(), symbols, unwinder.functions, { processors: o.processors ?? 1, bits: 64 });
	return { samples, machine, sampler, stacks: collapsedOf(samples) };
}

describe("a profile", () => {
	it("says where instructions went, and from where that was called", () => {
		const { samples, machine } = profile("auto");
		const sum = samples.reduce((all, { weight }) => all + weight, 0);
		expect(Math.abs(sum - machine.retired)).toBeLessThanOrEqual(100);
		const of = (name: string, what: "own" | "all"): number => hottest(samples).find(({ frame }) => frame.name === name)![what] / sum;
		// labels inside of a function are functions too where there is nothing but labels
		expect(of("spin", "own")).toBeCloseTo(0.48, 1);
		expect(of("turn", "own")).toBeCloseTo(0.48, 1);
		expect(samples.find(({ frames }) => frames[frames.length - 1]!.name === "turn")!.frames.map(({ name }) => name)).toEqual(["again", "spin", "turn"]);
	});
	it("D1: is the same on every engine, and however the run is cut into pieces", () => {
		const all = engines.map((engine) => profile(engine).stacks);
		expect(new Set([...all, profile("auto", { piece: 777 }).stacks]).size).toBe(1);
		expect(all[0]!.length).toBeGreaterThan(50);
	});
	it("changes nothing in the guest", () => {
		const alone = machineOf(imageOf(program), "auto");
		expect(alone.run(1e7).reason).toBe("exit");
		const { machine } = profile("auto", { interval: 10 });
		expect([machine.retired, machine.hash()]).toEqual([alone.retired, alone.hash()]);
	});
	it("is bounded: samples stand for more as they become many", () => {
		const { samples, sampler, machine } = profile("js", { interval: 20 });
		expect(samples.length).toBeLessThanOrEqual(8192);
		expect(sampler.interval).toBeGreaterThan(20);
		expect(Math.abs(samples.reduce((all, { weight }) => all + weight, 0) - machine.retired)).toBeLessThanOrEqual(sampler.interval);
	});
	it("says which of several processors it was", () => {
		const { samples } = profile("auto", { processors: 2 });
		expect(new Set(samples.map(({ frames }) => frames[0]!.name))).toContain("processor 0");
	});
	it("of a guest whose registers are garbage ends, and says the address", () => {
		const image = imageOf("li sp, 7\nli ra, -1\nli s0, 3000\nloop: addi s0, s0, -1\nbnez s0, loop\nj exit");
		const machine = machineOf(image, "auto");
		const unwinder = createUnwinder(createLook(machine), () => null);
		const sampler = createSampler(machine, unwinder, 100);
		expect(sampler.run(1e5).reason).toBe("exit");
		expect(new Set(sampler.samples().map(({ stack }) => stack.length))).toEqual(new Set([1]));
	});
});
