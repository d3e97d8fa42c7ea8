import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createKept } from "../../jit/cache/kept.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { chooseBoard } from "../../src/boards/board.ts";
import { boards } from "../../src/boards/boards.ts";
import type { Image } from "../../src/load/image.ts";
import { loadImage } from "../../src/load/load.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { loadDefinition } from "../support/definition.ts";

const built = (name: string): Image => loadImage(new Uint8Array(readFileSync(join(import.meta.dirname, "../guests/built", `${name}.elf`))));
const own = (): Image => loadImage(new Uint8Array(readFileSync(join(import.meta.dirname, "../../src/boards/guest/guest.elf"))));
const soon: Policy = { ...policies.auto, wasmAfter: 3 };

/** Runs it in slices; the states between them, what is kept, and how many units came from before. */
function run(image: Image, o: { policy?: Policy; before?: Uint8Array | null; slice?: number; slices?: number } = {}) {
	const { board, processor } = chooseBoard(boards, image);
	const isa = loadDefinition(processor.isa, processor.parameters);
	const kept = o.before === undefined ? undefined : createKept(o.before);
	const printed: number[] = [];
	const host = { output: (byte: number) => void printed.push(byte) };
	const machine = buildMachine({ board, isa, image, policy: o.policy ?? soon, ramBytes: 8 << 20, semihosting: true, kept, host });
	const states: string[] = [];
	for (let i = 0; i < (o.slices ?? 12); i++) {
		const { reason } = machine.run(o.slice ?? 20_011);
		states.push(`${reason} ${machine.retired} ${machine.hash()}`);
		if (reason !== "limit") break;
	}
	return { states, printed, bytes: machine.keep(), restored: machine.statistics.restored, statistics: machine.statistics };
}

describe("translations of an earlier run", () => {
	const images: [name: string, image: () => Image, slices: number][] = [
		["the guest that comes with doppel", own, 40],
		["recursion", () => built("recursion-rv64imac-O2"), 12],
		["a program that rewrites itself", () => built("selfmodify-rv32imac-O2"), 12],
		["switches", () => built("bytecode-rv64imac-Os"), 12],
		["floating point", () => built("float-loops-rv64gc-O2"), 12],
	];
	it.each(images)("C1: give the same states as the interpreter, and as a run without them: %s", (_, image, slices) => {
		const wanted = run(image(), { policy: policies.interpret, slices }).states;
		const first = run(image(), { before: null, slices });
		expect([first.states, first.restored]).toEqual([wanted, 0]);
		const second = run(image(), { before: first.bytes, slices });
		expect(second.states).toEqual(wanted);
		expect(second.restored).toBeGreaterThan(0);
		// and those that a run adds to what it took over
		const third = run(image(), { before: second.bytes, slices });
		expect(third.states).toEqual(wanted);
		expect(third.restored).toBeGreaterThan(0);
	});
	it("take the place of translating", () => {
		const image = built("recursion-rv64imac-O2");
		const first = run(image, { before: null });
		const { tiers } = run(image, { before: first.bytes }).statistics;
		expect(tiers.interpret.instructions).toBeLessThan(first.statistics.tiers.interpret.instructions / 2);
		expect(tiers.wasm.units).toBeLessThanOrEqual(first.statistics.tiers.wasm.units + 2);
	});
	it("count only for the very same code: each instruction of it may have changed", () => {
		const image = built("recursion-rv64imac-O2");
		const first = run(image, { before: null });
		const segment = image.segments[0]!;
		for (let at = 0x80; at < 0x480; at += 0x66) {
			const data = segment.data.slice();
			// an instruction of 16 bits becomes c.nop
			if ((data[at]! & 3) === 3) continue;
			data.set([1, 0], at);
			const changed = { ...image, segments: [{ ...segment, data }, ...image.segments.slice(1)] };
			const o = { slices: 3 };
			expect(run(changed, { ...o, before: first.bytes }).states).toEqual(run(changed, { ...o, policy: policies.interpret }).states);
		}
	});
	it("are for one place: the same code under other slices and budgets finds them too", () => {
		const image = built("sorting-rv64imac-O2");
		const first = run(image, { before: null });
		const o = { slice: 777, slices: 100 };
		const second = run(image, { ...o, before: first.bytes });
		expect(second.states).toEqual(run(image, { ...o, policy: policies.interpret }).states);
		expect(second.restored).toBeGreaterThan(0);
	});
	it("are none where the engine is another, and where they are cut short", () => {
		const image = built("recursion-rv64imac-O2");
		const first = run(image, { before: null });
		expect(run(image, { policy: policies.js, before: first.bytes }).restored).toBe(0);
		const bytes = first.bytes!;
		for (const length of [0, 3, 8, 100, bytes.length >> 1, bytes.length - 1]) {
			const { places, counts } = createKept(bytes.slice(0, length));
			expect([places.length, counts.known]).toEqual([0, 0]);
		}
		expect(createKept(bytes).counts.known).toBeGreaterThan(0);
	});
	it("are bounded: what was used comes first, the rest as far as there is room", () => {
		const image = built("recursion-rv64imac-O2");
		const { bytes } = run(image, { before: null });
		const kept = createKept(bytes, 4000);
		const [module] = kept.at(...(firstBlock(bytes!) as [number, number]))[0]!;
		kept.used(module);
		const less = kept.bytes(kept.places);
		expect(less.length).toBeLessThan(bytes!.length);
		expect(createKept(less).counts.known).toBeLessThan(kept.counts.known);
	});
});

/** Address and context of some block that has a unit. */
function firstBlock(bytes: Uint8Array): readonly [number, number] {
	const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
	const { modules } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
	const [, , , entries, blocks] = modules[0][1][0];
	return blocks[entries[0]];
}
