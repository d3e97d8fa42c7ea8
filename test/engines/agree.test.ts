/** Promises C1 and C10: random programs of every ISA run alike on the interpreter, JavaScript and Wasm, block by block and down to the last cell, byte and count. */
import { describe, expect, it } from "vitest";
import type { Isa } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";
import { readSketch } from "../sketches/read.ts";
import { loadDefinition } from "../support/definition.ts";
import { Agreement, type AgreeOptions } from "./agree.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);
/** How many times the ordinary count. */
const times = Number(process.env["DOPPEL_LONG"] ?? process.env["DOPPEL_COUNT"] ?? 1);

const high = { base: 0x80000000, bytes: 0x3800, origin: 0x80010000 };
const low = { base: 0, bytes: 0x7800, origin: 0x4000 };
type Row = [name: string, load: () => Isa, where: Pick<AgreeOptions, "base" | "bytes" | "origin" | "most">, blocks: number];
const sketch = (name: string) => () => loadIsa(readSketch(name));
const table: Row[] = [
	["riscv XLEN=32", () => loadDefinition("riscv", { XLEN: 32 }), high, 20_000],
	["riscv XLEN=64", () => loadDefinition("riscv", { XLEN: 64 }), high, 20_000],
	["the sketch of AVR", sketch("avr"), low, 1000],
	["the sketch of the 6502", sketch("m6502"), low, 1000],
	["the sketch of MIPS", sketch("mips"), { ...high, most: 3 }, 1000],
	["the sketch of Thumb-2", sketch("thumb"), high, 1000],
	["the sketch of x86", sketch("x86"), high, 1000],
	["the sketch of the Z80", sketch("z80"), low, 1000],
];

describe("C1: the engines agree after every block of random programs", () => {
	it.each(table)("%s", async (name, load, where, blocks) => {
		const verdict = await (await Agreement.make(load(), { seed, blocks: blocks * times, ...where })).run();
		expect(verdict.failure).toBe("");
		console.log(`C1 ${name}: seed ${seed}, ${verdict.compared} runs of ${verdict.distinct} blocks, 0 differ; exits ${JSON.stringify(verdict.exits)}`);
		expect(verdict.distinct).toBeGreaterThanOrEqual(blocks * times);
		expect(Object.keys(verdict.exits).length).toBeGreaterThan(2);
	});
});

describe("C10: retired instructions are exact at every exit and fault", () => {
	it.each(table)("%s", async (name, load, where, blocks) => {
		const verdict = await (await Agreement.make(load(), { seed, blocks: (blocks / 10) * times, ...where })).counts();
		expect(verdict.failure).toBe("");
		console.log(`C10 ${name}: seed ${seed}, ${verdict.compared} runs on js and wasm against single steps, 0 differ; exits ${JSON.stringify(verdict.exits)}`);
		expect(Object.keys(verdict.exits).length).toBeGreaterThan(2);
	});
});
