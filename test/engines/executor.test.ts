/** Promise C1 for what is carried out alone: privileged instructions, machine functions, and instructions of every other kind, compiled and interpreted. */
import { describe, expect, it } from "vitest";
import { Status } from "../../jit/base/status.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { parameters } from "../../jit/lift/function.ts";
import { createLifter } from "../../jit/lift/lift.ts";
import type { Isa, MachineFunction } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { Random, rounds } from "../ir/random.ts";
import { readSketch } from "../sketches/read.ts";
import { loadDefinition } from "../support/definition.ts";
import { createPair, type Halves, type Pair, randomCells } from "./executor-rig.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);

const sketch = (name: string) => () => loadIsa(readSketch(name));
const isas: readonly (readonly [name: string, load: () => Isa])[] = [
	["riscv XLEN=32", () => loadDefinition("riscv", { XLEN: 32 })],
	["riscv XLEN=64", () => loadDefinition("riscv", { XLEN: 64 })],
	...["avr", "m6502", "mips", "thumb", "x86", "z80"].map((name) => [`the sketch ${name}`, sketch(name)] as const),
];

/** Mode, translation and protection as an operating system has them more often than chance does. */
function supervisor(isa: Isa, random: Random): Map<string, Halves> {
	const bits = isa.addressBits;
	const set = new Map<string, Halves>([["mode", [random.pick([0, 1, 1, 3]), 0]]]);
	if (!random.once(4)) set.set("satp", bits === 64 ? [random.below(16), random.pick([8, 9, 10]) << 28] : [random.below(16) | -(2 ** 31), 0]);
	// who marks entries as used, and what memory types they may name
	set.set("menvcfg", [0, random.pick([0, 1 << 29, 1 << 29, 7 << 29])]);
	if (random.once(2)) set.set("medeleg", [-1, 0]);
	for (let i = 0; i < 16; i++) set.set(`pmpcfgbyte${i}`, [i === 15 ? 0x1f : random.once(25) ? random.pick([0x08, 0x0f, 0x11, 0x18, 0x1b, 0x99]) : 0, 0]);
	set.set("pmpaddr15", bits === 64 ? [-1, 0x3fffff] : [-1, 0]);
	for (const [name] of set) if (!isa.cells.some((cell) => cell.name === name)) set.delete(name);
	return set;
}

/** Page tables by the page: mostly pointers near by and leaves with usual flags. */
function fillTables({ isa, ram }: Pair, random: Random): void {
	const size = isa.addressBits === 64 ? 8 : 4;
	const view = new DataView(ram.buffer);
	for (let at = 0; at < ram.length; at += size) {
		const flags = random.once(10) ? random.below(256) : random.once(2) ? 1 : random.pick([0xcf, 0xdf, 0x0f, 0x1f, 0x4b, 0xc7, 0xd7, 0x43]);
		// leaves of every level start where pages of that level do
		const page = flags === 1 || random.once(8) ? random.below(16) : random.pick([0, 0, 512, 2 ** 18]);
		view.setInt32(at, (page << 10) | flags, true);
		if (size === 8) view.setInt32(at + 4, random.once(12) ? random.word() : 0, true);
	}
}

const address = (isa: Isa, random: Random): Halves => {
	if (isa.addressBits < 64) return [isa.addressBits === 32 ? random.word() : random.below(2 ** isa.addressBits), 0];
	const deep = random.pick([38, 38, 47, 56]) - 32;
	return [random.word(), random.once(20) ? random.word() : (random.word() << (31 - deep)) >> (31 - deep)];
};

describe("C1: machine functions do the same compiled as interpreted", () => {
	it.each(isas)("of %s", (_, load) => {
		const isa = load();
		const random = new Random(seed);
		const pair = createPair(isa, random);
		const functions = Object.keys(isa.machine) as MachineFunction[];
		for (const fn of functions)
			for (let i = 0; i < rounds(fn === "translate" ? 6000 : 300); i++) {
				if (i % 200 === 0) fillTables(pair, random);
				const args = Array.from({ length: random.once(10) ? 0 : parameters[fn] + 1 }, (): Halves => random.bits(64));
				if (fn === "translate") args.splice(0, 3, address(isa, random), [random.below(4), 0], [random.pick([1, 2, 4, 8, 4096]), 0]);
				const cells = randomCells(isa, random, random.once(5) ? new Map() : supervisor(isa, random));
				const differs = pair.call(fn, args, cells, random.once(4) ? 3 : 0);
				expect(differs && `${fn}(${args.join(" ")}), seed ${seed}, round ${i}: ${differs}`).toBe("");
			}
		if (!isa.machine.translate) return;
		// walks that succeed, that are refused, whose tables cannot be read, and that mark their entries
		for (const [status, least] of [
			[Status.next, 300],
			[Status.trap, 300],
			[Status.fault, 10],
		] as const)
			expect(pair.statuses.get(status)).toBeGreaterThan(least);
		expect(pair.stores()).toBeGreaterThan(50);
	});
});

describe("C1, C10: instructions do the same compiled as interpreted", () => {
	it.each(isas)("of %s", (_, load) => {
		const isa = load();
		const random = new Random(seed);
		const pair = createPair(isa, random);
		const decoder = createDecoder(isa);
		const lifter = createLifter(isa, decoder);
		const seen = new Set<number>();
		const privileged = isa.instructions.filter(({ effects }) => effects.privileged);
		const origins =
			isa.addressBits < 32
				? [0x200, 0x7ff0]
				: isa.addressBits === 32
					? [0x80000000, 0x1000, 2 ** 32 - 16]
					: [0x80000000, -4096, 2 ** 32 - 4, 2 ** 40, -(2 ** 32)];
		for (let i = 0; i < rounds(3000); i++) {
			const spec = random.pick(random.once(3) || privileged.length === 0 ? isa.instructions : privileged);
			const encoding = random.pick(spec.encodings);
			const bytes = new Uint8Array(isa.maxBytes + 8);
			encoding.value.forEach((byte, k) => {
				bytes[k] = byte | (random.word() & 0xff & ~encoding.mask[k]!);
			});
			let context = 0;
			for (const { width, shift } of isa.contexts) context += random.below(2 ** width) * 2 ** shift;
			const pc = random.pick(origins);
			const block = lifter.single((from) => ({ bytes, at: from - pc, end: bytes.length }), pc, context);
			if ("status" in block) continue;
			seen.add(spec.id);
			if (i % 200 === 0) fillTables(pair, random);
			const set = random.once(4) ? new Map<string, Halves>() : supervisor(isa, random);
			set.set(isa.cells[0]!.name, [pc | 0, isa.addressBits > 32 ? Math.floor(pc / 2 ** 32) : 0]);
			for (const { cell, shift, width } of isa.contexts) set.set(isa.cells[cell]!.name, [Math.floor(context / 2 ** shift) % 2 ** width, 0]);
			const differs = pair.block(block, randomCells(isa, random, set), random.once(3) ? 3 : 0);
			expect(differs && `${spec.name} ${bytes}, seed ${seed}, round ${i}: ${differs}`).toBe("");
		}
		const few = privileged.filter(({ id }) => !seen.has(id)).map(({ name }) => name);
		expect(few).toEqual([]);
		expect(pair.statuses.get(Status.next)).toBeGreaterThan(500);
	});
});
