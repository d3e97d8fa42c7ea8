import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { policies } from "../../jit/tier/policy.ts";
import { chooseBoard } from "../../src/boards/board.ts";
import { boards } from "../../src/boards/boards.ts";
import { createLook } from "../../src/debug/profile/look.ts";
import { createUnwinder, mostFrames } from "../../src/debug/profile/unwind.ts";
import { loadImage } from "../../src/load/load.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { loadDefinition } from "../support/definition.ts";

const built = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "../guests/built", `${name}.elf`)));

function machineOf(file: Uint8Array) {
	const image = loadImage(file);
	const { board, processor } = chooseBoard(boards, image);
	const isa = loadDefinition(processor.isa, processor.parameters);
	return buildMachine({ board, isa, image, policy: policies.interpret, semihosting: true });
}

/** One instruction of a machine, with a stack of return addresses beside it, which is what an observer of every call and return knows. */
function createObserver(machine: ReturnType<typeof machineOf>) {
	const { isa, memory } = machine;
	const decoder = createDecoder(isa);
	const shadow: number[] = [];
	const starts = new Set([machine.pc()]);
	const holds = (name: string, address: number): boolean => machine.register(name)![0] === (address | 0);
	const step = (): void => {
		const pc = machine.pc();
		const at = pc - memory.ram.base + memory.ram.offset;
		const next = pc + decoder.decode(memory.bytes, at, at + 8, 0).bytes;
		expect(machine.run(1).reason).toBe("limit");
		const now = machine.pc();
		// functions that save registers are called by way of t0
		if (now !== next && (holds("ra", next) || holds("t0", next))) {
			shadow.push(next);
			starts.add(now);
		} else if (now !== next && shadow[shadow.length - 1] === now) shadow.pop();
	};
	return { step, shadow, starts };
}

/** Compares both after each of `steps` instructions. What symbols would say is taken from a run before. */
function compare(file: Uint8Array, skip: number, steps: number) {
	const first = createObserver(machineOf(file));
	for (let i = 0; i < skip + steps; i++) first.step();
	const starts = [...first.starts].sort((a, b) => a - b);
	const functionAt = (pc: number) => {
		const next = starts.findIndex((start) => start > pc);
		return next > 0 ? { start: starts[next - 1]!, end: starts[next]! } : null;
	};
	const machine = machineOf(file);
	const { step, shadow } = createObserver(machine);
	const unwinder = createUnwinder(createLook(machine), functionAt);
	const counts = { whole: 0, short: 0, wrong: 0, deepest: 0 };
	let firstWrong = "";
	for (let i = 0; i < skip + steps; i++) {
		step();
		if (i < skip || shadow.length >= mostFrames) continue;
		const ram = i % 256 === 0;
		const state = machine.hash({ ram });
		const found = unwinder.stack(machine.processors[0]!).slice(1);
		expect(machine.hash({ ram })).toBe(state);
		const known = [...shadow].reverse();
		if (!found.every((address, k) => address === known[k])) {
			counts.wrong++;
			const text = (list: readonly number[]): string => list.map((n) => n.toString(16)).join();
			firstWrong ||= `pc ${machine.pc().toString(16)}: ${text(found)} instead of ${text(known)}`;
		} else if (found.length === known.length) counts.whole++;
		else counts.short++;
		counts.deepest = Math.max(counts.deepest, known.length);
	}
	return { ...counts, firstWrong };
}

/** program, level, instructions that are left out, the depth that is reached at least */
const programs: readonly [name: string, level: string, skip: number, depth: number][] = [
	["recursion", "O0", 3000, 5],
	["recursion", "O2", 30_000, 3],
	["recursion", "Os", 3000, 5],
	["strings", "O2", 2000, 2],
	["pointers", "Os", 1500, 2],
	["sorting", "O2", 60_000, 2],
	["bytecode", "O0", 2500, 2],
];
describe("a call stack that is found by running ahead", () => {
	for (const bits of [32, 64]) {
		for (const [name, level, skip, depth] of programs) {
			it(`is what calls and returns say, after every instruction (${name}, rv${bits}imac, -${level})`, () => {
				const { whole, short, wrong, deepest, firstWrong } = compare(built(`${name}-rv${bits}imac-${level}`), skip, 1000);
				expect({ wrong, firstWrong }).toEqual({ wrong: 0, firstWrong: "" });
				expect(deepest).toBeGreaterThanOrEqual(depth);
				// functions that never return have no way back to their callers
				expect(whole / (whole + short)).toBeGreaterThan(0.95);
			});
		}
	}
});
