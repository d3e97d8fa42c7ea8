/** One kind of exit from translated code in, guest code that takes it in a loop out: what a trap costs is the loop's time less that of the empty one. */

import { Lookup } from "../../jit/base/lookup.ts";

/** `setup` and `body` run in the mode; handlers are there for what may happen: see `program`. `per`: exits that one round makes. */
export interface TrapCase {
	readonly name: string;
	readonly mode: "M" | "S" | "U";
	readonly paged: boolean;
	readonly setup?: string;
	readonly body: string;
	/** The handler of M mode, and of S mode; default goes on after the instruction. */
	readonly machineTrap?: string;
	readonly supervisorTrap?: string;
}

const ram = 0x80000000;
const tables = ram + 0x100000;
/** Pages that programs touch, one after the other; 2 MiB of them. */
const data = ram + 0x400000;

/** Goes on behind the instruction, which has 4 bytes. */
const skip = (level: "m" | "s"): string => `csrr t6, ${level}epc\n addi t6, t6, 4\n csrw ${level}epc, t6\n ${level}ret`;
const back = (level: "m" | "s"): string => `${level}ret`;

export const trapCases: readonly TrapCase[] = [
	{ name: "csrr of mscratch", mode: "M", paged: false, body: "csrr t0, mscratch" },
	{ name: "csrw of mscratch", mode: "M", paged: false, body: "csrw mscratch, t0" },
	{ name: "csrs of mie", mode: "M", paged: false, body: "csrs mie, zero\n" },
	{ name: "csrw of sstatus (SUM there and back)", mode: "S", paged: true, setup: "li s1, 0x40000", body: "csrs sstatus, s1\n csrc sstatus, s1" },
	{ name: "rdtime", mode: "M", paged: false, body: "csrr t0, 0xc01" },
	{ name: "ecall from U to M mode and mret", mode: "U", paged: false, body: "ecall" },
	{ name: "ecall from U to S mode and sret, Sv39", mode: "U", paged: true, body: "ecall" },
	{
		name: "wfi with an interrupt pending",
		mode: "M",
		paged: false,
		setup: "li s1, 8\n csrw mie, s1\n li s2, 0x2000000\n li s3, 1\n sw s3, 0(s2)",
		body: "wfi",
	},
	{
		name: "software interrupt: store to the CLINT, handler, mret",
		mode: "M",
		paged: false,
		setup: "li s1, 8\n csrw mie, s1\n csrs mstatus, s1\n li s2, 0x2000000\n li s3, 1",
		body: "sw s3, 0(s2)",
		machineTrap: `sw zero, 0(s2)\n ${back("m")}`,
	},
	{
		name: "timer interrupt: handler sets the next, mret",
		mode: "M",
		paged: false,
		setup: "li s1, 0x80\n csrw mie, s1\n li s2, 0x2004000\n li s4, 0x200bff8\n li s1, 8",
		body: "ld t0, 0(s4)\n sd t0, 0(s2)\n csrs mstatus, s1",
		machineTrap: `li t6, -1\n sd t6, 0(s2)\n csrr t6, mstatus\n li t5, 0x80\n csrc mstatus, t5\n ${back("m")}`,
	},
	{ name: "load of a device's register", mode: "M", paged: false, setup: "li s2, 0x10000000", body: "lbu t0, 5(s2)" },
	{ name: "store to a device's register", mode: "M", paged: false, setup: "li s2, 0x10000000", body: "sb zero, 7(s2)" },
	{ name: "page fault of a load, handler, sret", mode: "S", paged: true, setup: "li s2, 0x40000000", body: "lw t0, 0(s2)" },
	{
		name: "page table entry rewritten, sfence.vma, load that walks",
		mode: "S",
		paged: true,
		setup: `li s2, ${tables + 0x3000}\n li s3, ${data}\n ld s4, 0(s2)\n li s5, 0x100`,
		body: "sd s4, 0(s2)\n sfence.vma\n lw t0, 0(s3)",
	},
	{ name: "sfence.vma, nothing changed, load", mode: "S", paged: true, setup: `li s3, ${data}`, body: "sfence.vma\n lw t0, 0(s3)" },
	{
		name: "load of a page that fell out of the look-up table",
		mode: "S",
		paged: true,
		setup: `li s2, ${data}\n li s3, ${data + Lookup.entries * 4096}`,
		body: "lw t0, 0(s2)\n lw t0, 0(s3)",
	},
	{ name: "misaligned load inside a page", mode: "S", paged: true, setup: `li s2, ${data}`, body: "ld t0, 3(s2)" },
	{ name: "load across two pages", mode: "S", paged: true, setup: `li s2, ${data + 0x1000}`, body: "ld t0, -3(s2)" },
	{ name: "illegal instruction, handler, mret", mode: "M", paged: false, body: ".word 0xffffffff" },
	{ name: "fence.i", mode: "M", paged: false, body: "fence.i" },
];

/** RV64 assembly that runs the body `rounds` times (the empty one too) and ends through the test finisher. */
export function trapProgram({ mode, paged, setup, body, machineTrap, supervisorTrap }: TrapCase, rounds: number): string {
	const leaf = (at: string, physical: number, flags: number) => `li t0, ${at}\n li t1, ${(physical / 4096) * 1024 + flags}\n sd t1, 0(t0)\n`;
	// 1 GiB pages for devices, 2 MiB pages for RAM but the first data, which has pages of 4 KiB; user mode sees RAM 1 GiB higher up, in pages of its own
	const user = mode === "U" ? 0x10 : 0;
	const above = paged && mode === "U" ? 2 ** 30 : 0;
	const map = `${leaf(`${tables}`, 0, 0xc7 | user)} ${leaf(`${tables + 16}`, tables + 0x1000, 1)} ${leaf(`${tables + 24}`, ram, 0xdf)}
	li t0, ${tables + 0x1000}
	li t1, ${(ram / 4096) * 1024 + 0xcf}
	li t2, ${512 * 1024}
	li t3, 64
megas:	sd t1, 0(t0)
	add t1, t1, t2
	addi t0, t0, 8
	addi t3, t3, -1
	bnez t3, megas
	${leaf(`${tables + 0x1000 + 16}`, tables + 0x3000, 1)}
	li t0, ${tables + 0x3000}
	li t1, ${(data / 4096) * 1024 + 0xcf}
	li t2, 1024
	li t3, 512
smalls:	sd t1, 0(t0)
	add t1, t1, t2
	addi t0, t0, 8
	addi t3, t3, -1
	bnez t3, smalls
	li t0, ${`0x80000000000${(tables / 4096).toString(16)}`}
	csrw satp, t0
	sfence.vma`;
	const level = { M: 0x1800, S: 0x800, U: 0 }[mode];
	return `
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	la t0, mtrap
	csrw mtvec, t0
	la t0, strap
	csrw stvec, t0
	${paged ? "li t0, 0xb1ff\n csrw medeleg, t0" : ""}
	${paged ? map : ""}
	li t0, 0x1800
	csrc mstatus, t0
	li t0, ${level}
	csrs mstatus, t0
	la t0, begin
	li t1, ${above}
	add t0, t0, t1
	csrw mepc, t0
	mret
	.align 2
mtrap:	${machineTrap ?? skip("m")}
	.align 2
strap:	${supervisorTrap ?? skip("s")}
begin:
	${setup ?? ""}
	li s0, ${rounds}
again:
	${body}
	addi s0, s0, -1
	bnez s0, again
	li t0, 0x100000
	li t1, 0x5555
	sw t1, 0(t0)
`;
}
