/** Promise C8: how code is translated, cut, cached and paced changes nothing that a guest can see. Random RISC-V code with a trap handler on board virt. */
import { describe, expect, it } from "vitest";
import type { CacheLimits } from "../../jit/cache/cache.ts";
import { createAssembler } from "../../jit/decode/assemble.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { Random } from "../ir/random.ts";
import { loadDefinition } from "../support/definition.ts";
import { pause } from "../support/pause.ts";
import { randomProgram } from "./random-program.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1);
const times = Number(process.env["DOPPEL_LONG"] ?? process.env["DOPPEL_COUNT"] ?? 1);
const programs = 4 * times;
const points = 4;

interface Configuration {
	readonly name: string;
	readonly policy: Policy;
	/** Instructions a call of `run`; default all at once. */
	readonly slice?: number;
	/** Forget all code after every slice. */
	readonly flush?: boolean;
	/** Forget all translations of addresses after every slice. */
	readonly cold?: boolean;
	readonly optimizer?: boolean;
	readonly limits?: CacheLimits;
}

const one = { maxBlocks: 1, maxInstructions: 1, copies: 2 };
const unchained = { maxBlocks: 1, maxInstructions: 64, copies: 2 };
const js = policies.js;
const wasm = policies.wasm;
const table: readonly Configuration[] = [
	{ name: "interpreter, budget 1", policy: policies.interpret, slice: 1 },
	{ name: "js", policy: js },
	{ name: "wasm", policy: wasm },
	{ name: "tiers that change often", policy: { ...policies.auto, jsAfter: 1, wasmAfter: 3 } },
	{ name: "js, one-instruction blocks", policy: { ...js, js: one } },
	{ name: "wasm, one-instruction blocks", policy: { ...wasm, wasm: one } },
	{ name: "js, a block a unit", policy: { ...js, js: unchained } },
	{ name: "wasm, a block a unit", policy: { ...wasm, wasm: unchained } },
	{ name: "js without the optimiser", policy: js, optimizer: false },
	{ name: "wasm without the optimiser", policy: wasm, optimizer: false },
	{ name: "js, budget 1", policy: js, slice: 1 },
	{ name: "wasm, budget 7, code forgotten after each slice", policy: { ...wasm, wasm: unchained }, slice: 7, flush: true },
	{ name: "js, budget 3, code forgotten after each slice", policy: js, slice: 3, flush: true },
	{ name: "js, translations forgotten after every instruction", policy: js, slice: 1, cold: true },
	{ name: "wasm, budget 20, code and translations forgotten after each slice", policy: wasm, slice: 20, flush: true, cold: true },
	{ name: "js, a cache of four units", policy: { ...js, js: unchained }, limits: { entries: 16, units: 4, bytes: 1 << 20 } },
];

const base = 0x80000000;
const origin = base + 0x1000;
const data = base + 0x8000;
const ramBytes = 0x20000;

const tables = base + 0x18000;
/** Page tables that map 32 pages of RAM and the CLINT where they are; nothing is marked as used yet, and a page in the middle of the data is read-only. */
function pageTables(XLEN: number): string {
	const entry = (table: number, index: number, physical: number, flags: number) =>
		`li t0, ${table + (index * XLEN) / 8}\n li t1, ${(physical / 4096) * 1024 + flags}\n ${XLEN === 64 ? "sd" : "sw"} t1, 0(t0)\n`;
	const low = tables + 0x2000;
	const upper =
		XLEN === 64
			? entry(tables, 0, 0, 0xf) + entry(tables, 2, tables + 0x1000, 1) + entry(tables + 0x1000, 0, low, 1)
			: entry(tables, 0x2000000 / 2 ** 22, 0x2000000, 0xf) + entry(tables, base / 2 ** 22, low, 1);
	const all = Array.from({ length: 32 }, (_, i) => entry(low, i, base + 4096 * i, base + 4096 * i === data + 0x1000 ? 0x3 : 0xf));
	return `li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	${upper} ${all.join("")}
	li t0, ${XLEN === 64 ? `0x80000000000${(tables / 4096).toString(16)}` : 2 ** 31 + tables / 4096}
	csrw satp, t0
	`;
}

/** The handler goes on at one start after the other, with registers that point into RAM, has the timer interrupt it some 80 instructions later, and mostly floating point is on. */
function frame(starts: readonly number[], random: Random, XLEN: number, paged: boolean): string {
	const pointers = Array.from({ length: 28 }, (_, i) => `addi x${i + 1}, t6, ${random.once(2) ? 8 * random.below(200) : random.below(1600)}`);
	return `${paged ? pageTables(XLEN) : ""} la t0, handler
	csrw mtvec, t0
	csrw mscratch, zero
	j handler
	.align 2
handler: csrr t6, mscratch
	addi t6, t6, 1
	csrw mscratch, t6
	andi t6, t6, 31
	slli t6, t6, 2
	la t5, table
	add t5, t5, t6
	lw t5, 0(t5)
	la t6, handler
	srli t6, t6, 12
	slli t6, t6, 12
	add t5, t5, t6
	csrw mepc, t5
	li t5, 0x200bff8
	lw t5, 0(t5)
	addi t5, t5, 4
	li t4, 0x2004000
	sw t5, 0(t4)
	sw zero, 4(t4)
	li t5, 128
	csrw mie, t5
	li t5, 0x1800
	csrc mstatus, t5
	li t5, ${(paged ? 0x880 : 0x1880) + (random.once(4) ? 0 : 0x6000)}
	csrs mstatus, t5
	li t5, ${data - base}
	add t6, t6, t5
	${pointers.join("\n\t")}
	mret
	.align 2
table: ${Array.from({ length: 32 }, () => `.word ${random.pick(starts) - base}`).join("\n\t")}
`;
}

function makeImage(isa: Isa, random: Random, XLEN: number, paged: boolean) {
	const program = randomProgram(isa, createDecoder(isa), random, origin, 40, 8);
	const { bytes } = createAssembler(isa).assemble(frame(program.starts, random, XLEN, paged), { origin: base });
	expect(bytes.length).toBeLessThan(origin - base);
	const image = new Uint8Array(data + 0x1000 - base);
	for (let i = data - base; i < image.length; i++) image[i] = random.word();
	image.set(program.code, origin - base);
	image.set(bytes);
	return loadRaw(image, base);
}

describe("C8: configurations agree", () => {
	it.each([
		[32, "bare"],
		[64, "bare"],
		[32, "behind page tables"],
		[64, "behind page tables"],
	])("on rv%i %s, registers, RAM, devices and counts after every 500 instructions", async (XLEN, where) => {
		const paged = where !== "bare";
		const isa = loadDefinition("riscv", { XLEN });
		const random = new Random(seed);
		let [interrupts, traps] = [0, 0];
		for (let program = 0; program < programs; program++) {
			const image = makeImage(isa, random, XLEN, paged);
			let wanted: string[] | null = null;
			for (const { name, policy, slice, flush, cold, optimizer, limits } of table) {
				const machine = buildMachine({
					board: virt,
					isa,
					image,
					policy,
					ramBytes,
					stepsPerTick: 20,
					optimizer: optimizer !== false,
					...(limits ? { limits } : {}),
				});
				const seen: string[] = [];
				for (let point = 0; point < points; point++) {
					let result = "";
					for (let done = 0; done < 500; done += slice ?? 500) {
						result = JSON.stringify(machine.run(Math.min(slice ?? 500, 500 - done)));
						if (flush) machine.cache.flush();
						if (cold) machine.retranslate();
					}
					seen.push(`${result} ${machine.retired} at ${machine.pc().toString(16)}: ${machine.hash()}`);
				}
				wanted ??= seen;
				expect({ seed, program, name, seen }).toEqual({ seed, program, name, seen: wanted });
				if (paged) expect(machine.translation.asked).toBeGreaterThan(0);
				interrupts += machine.counts.interrupts;
				traps += machine.counts.traps;
				machine.close();
				await pause();
			}
		}
		expect(interrupts).toBeGreaterThan(programs);
		expect(traps).toBeGreaterThan(programs);
	});
});
