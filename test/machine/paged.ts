/** Programs in S mode under page tables, as assembly text: the tables, the way in, a trap handler; and pieces of such programs. */
import { type Bits, build, finish } from "./rig.ts";

/** Pages of RAM: tables, then code and data that the program maps at 0x40000000 and up. */
export const at = { root: 0x80010000, middle: 0x80011000, low: 0x80012000, a: 0x80020000, b: 0x80021000, c: 0x80022000, d: 0x80024000 };
export const virtual = 0x40000000;
const pointer = 1;
/** V R W X A D */
const all = 0xcf;

/** Flags of entries that tests use. */
export const Flag = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 } as const;
/** A physical page, 0 for none; with flags when they are not V R W X. */
export type Mapped = number | readonly [physical: number, flags: number];

/**
 * Starts in M mode, turns on page tables (Sv32 or Sv39: RAM and devices where they are, pages at `virtual` as `map` says) and goes to `super` in S mode.
 * Its traps go to `strap`, which counts them in s11, keeps cause and value in s9 and s10, and goes on after the instruction, or at ra when it was a fetch.
 * Ends with exit code 0.
 */
export function inSupervisor(bits: Bits, body: string, map: readonly Mapped[] = [at.a, at.c]): string {
	const [store, size] = bits === 64 ? ["sd", 8] : ["sw", 4];
	const entry = (table: number, index: number, physical: number, flags: number) =>
		`li t0, ${table + index * size}\nli t1, ${(physical / 4096) * 1024 + flags}\n${store} t1, 0(t0)\n`;
	const tables =
		bits === 64
			? entry(at.root, 0, 0, all) + entry(at.root, 2, 0x80000000, all) + entry(at.root, 1, at.middle, pointer) + entry(at.middle, 0, at.low, pointer)
			: [0, 0xc000000, 0x10000000].map((device) => entry(at.root, device / 2 ** 22, device, all)).join("") +
				entry(at.root, 0x200, 0x80000000, all) +
				entry(at.root, 0x100, at.low, pointer);
	return `
_start:
	la t0, finished
	csrw mtvec, t0
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	${tables}
	${map.map((page, i) => (typeof page !== "number" ? entry(at.low, i, ...page) : page ? entry(at.low, i, page, 0x0f) : "")).join("")}
	li t0, ${bits === 64 ? `0x8000000000080010` : `0x80080010`}
	csrw satp, t0
	sfence.vma
	li t0, -1
	csrw medeleg, t0
	csrw mideleg, t0
	la t0, strap
	csrw stvec, t0
	li t0, 0x800
	csrs mstatus, t0
	la t0, super
	csrw mepc, t0
	mret
strap:
	addi s11, s11, 1
	csrr s9, scause
	csrr s10, stval
	li t6, 12
	beq s9, t6, back
	li t6, 1
	beq s9, t6, back
	csrr t6, sepc
	addi t6, t6, 4
	csrw sepc, t6
	sret
back:
	csrw sepc, ra
	sret
super:
	${body}
	li a0, 0
	${finish}`;
}
/** Puts \`addi s5, s5, by; ret\` at a physical page. */
export const function_ = (page: number, by: number) => `
	li t0, ${page}
	li t1, ${(by << 20) | (21 << 15) | (21 << 7) | 0x13}
	sw t1, 0(t0)
	li t1, 0x8067
	sw t1, 4(t0)
`;
export const remap = (bits: Bits, index: number, page: number, flags = 0x0f) => `
	li t0, ${at.low + index * (bits / 8)}
	li t1, ${(page / 4096) * 1024 + flags}
	${bits === 64 ? "sd" : "sw"} t1, 0(t0)
`;
export const calls = (label: string, count: number) => `
	li s4, ${count}
${label}:
	li t0, ${virtual}
	jalr t0
	addi s4, s4, -1
	bnez s4, ${label}
`;

/** Puts code that may lie anywhere at a physical page. */
export function put(bits: Bits, page: number, code: string, offset = 0): string {
	const { bytes } = build(bits, code);
	const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
	padded.set(bytes);
	const view = new DataView(padded.buffer);
	let text = `li t0, ${page + offset}\n`;
	for (let i = 0; i < padded.length; i += 4) text += `li t1, ${view.getInt32(i, true)}\nsw t1, ${i}(t0)\n`;
	return text;
}
