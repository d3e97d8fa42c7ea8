/** An ISA of the RISC-V family in, images of random programs for board virt out: traps, timer interrupts and, if asked for, page tables. */
import { expect } from "vitest";
import { createAssembler } from "../../jit/decode/assemble.ts";
import { createDecoder } from "../../jit/decode/decoder.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import type { Image } from "../../src/load/image.ts";
import { loadRaw } from "../../src/load/raw.ts";
import type { Random } from "../ir/random.ts";
import { randomProgram } from "./random-program.ts";

const base = 0x80000000;
const origin = base + 0x1000;
const data = base + 0x8000;
export const ramBytes = 0x20000;

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

/** A program for board virt: `frame`, code and data. */
export function makeImage(isa: Isa, random: Random, XLEN: number, paged: boolean): Image {
	const program = randomProgram(isa, createDecoder(isa), random, origin, 40, 8);
	const { bytes } = createAssembler(isa).assemble(frame(program.starts, random, XLEN, paged), { origin: base });
	expect(bytes.length).toBeLessThan(origin - base);
	const image = new Uint8Array(data + 0x1000 - base);
	for (let i = data - base; i < image.length; i++) image[i] = random.word();
	image.set(program.code, origin - base);
	image.set(bytes);
	return loadRaw(image, base);
}
