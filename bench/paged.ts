/** A program for a bare machine in, the same program behind page tables out: firmware that maps every address to itself and starts it one level below. */
import { createAssembler } from "../jit/decode/assemble.ts";
import type { Isa } from "../jit/spec/isa.ts";
import { type Image, joinImages, noSymbols } from "../src/load/image.ts";

/** Above what the programs of this folder use of 128 MiB. */
const firmwareAt = 0x87f00000;
const tablesAt = 0x87f10000;
/** V R W X A D: a leaf. */
const leaf = 0xcf;

/** RV64: Sv39 with pages of 1 GiB; RV32: Sv32 with pages of 4 MiB. The look-up tables hold 4 KiB pages whatever the size. */
export function paged(isa: Isa, image: Image, bits: number): Image {
	const [store, shift, words] = bits === 64 ? ["sd", 30, 3] : ["sw", 22, 1024];
	const text = `
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	li t0, ${tablesAt}
	li t1, ${leaf}
	li t2, ${2 ** (shift - 2)}
	li t3, ${words}
fill:	${store} t1, 0(t0)
	add t1, t1, t2
	addi t0, t0, ${bits / 8}
	addi t3, t3, -1
	bnez t3, fill
	li t0, ${bits === 64 ? `0x80000000000${(tablesAt / 4096).toString(16)}` : tablesAt / 4096 + 2 ** 31}
	csrw satp, t0
	sfence.vma
	li t0, 0x800
	csrs mstatus, t0
	li t0, ${image.entry}
	csrw mepc, t0
	mret
`;
	const { bytes } = createAssembler(isa).assemble(text, { origin: firmwareAt });
	const segment = { address: firmwareAt, data: bytes, bytes: bytes.length, padding: 0 };
	return joinImages({ format: "raw", entry: firmwareAt, segments: [segment], symbols: noSymbols, hints: null }, image);
}
