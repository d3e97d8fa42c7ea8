/** Assembly of a guest that drives the disk in the first virtio place, for tests: it polls, and needs no trap. */
import { finish } from "./rig.ts";

const rings = { descriptors: 0x80010000, available: 0x80010100, used: 0x80010200 };
const header = 0x80011000;
const status = 0x80011100;
export const dataAt = 0x80012000;

/** The device runs afterwards; s0 is its place. Keeps to 32-bit stores, so that it runs on both widths. */
const begin = `
	li s0, 0x10001000
	sw zero, 0x70(s0)
	li t0, 1
	sw t0, 0x70(s0)
	li t0, 3
	sw t0, 0x70(s0)
	sw zero, 0x24(s0)
	li t0, 0x200
	sw t0, 0x20(s0)
	li t0, 1
	sw t0, 0x24(s0)
	sw t0, 0x20(s0)
	li t0, 11
	sw t0, 0x70(s0)
	sw zero, 0x30(s0)
	li t0, 8
	sw t0, 0x38(s0)
	li t0, ${rings.descriptors}
	sw t0, 0x80(s0)
	sw zero, 0x84(s0)
	li t0, ${rings.available}
	sw t0, 0x90(s0)
	sw zero, 0x94(s0)
	li t0, ${rings.used}
	sw t0, 0xa0(s0)
	sw zero, 0xa4(s0)
	li t0, 1
	sw t0, 0x44(s0)
	li t0, 15
	sw t0, 0x70(s0)
`;

/** a0: type, a1: sector, a2: bytes of data at a4, a3: 2 when the device writes them. Answers the status. */
const request = `
request:
	li t0, ${header}
	sw a0, 0(t0)
	sw zero, 4(t0)
	sw a1, 8(t0)
	sw zero, 12(t0)
	li t1, ${rings.descriptors}
	sw t0, 0(t1)
	sw zero, 4(t1)
	li t2, 16
	sw t2, 8(t1)
	li t2, 0x10001
	sw t2, 12(t1)
	sw a4, 16(t1)
	sw zero, 20(t1)
	sw a2, 24(t1)
	li t2, 0x20001
	add t2, t2, a3
	sw t2, 28(t1)
	bnez a2, filled
	li t2, 0x20001
	sw t2, 12(t1)
filled:
	li t0, ${status}
	li t2, 255
	sb t2, 0(t0)
	sw t0, 32(t1)
	sw zero, 36(t1)
	li t2, 1
	sw t2, 40(t1)
	li t2, 2
	sw t2, 44(t1)
	li t1, ${rings.available}
	lhu t2, 2(t1)
	addi t2, t2, 1
	fence
	sh t2, 2(t1)
	fence
	sw zero, 0x50(s0)
	li t1, ${rings.used}
	slli t2, t2, 16
	srli t2, t2, 16
served:	lhu t3, 2(t1)
	bne t3, t2, served
	fence
	lbu a0, 0(t0)
	ret
`;

/** Reads sector i, adds i + 1 to each byte, writes it as sector (count - 1 - i), for the first half of the disk; flushes; ends with the sum of all statuses. */
export const mirror = `
	${begin}
	lw s1, 0x100(s0)
	srli s5, s1, 1
	li s2, 0
	li s3, 0
each:
	li a0, 0
	mv a1, s2
	li a2, 512
	li a3, 2
	li a4, ${dataAt}
	jal request
	add s3, s3, a0
	li t0, ${dataAt}
	addi t1, t0, 512
change:
	lbu t2, 0(t0)
	add t2, t2, s2
	addi t2, t2, 1
	sb t2, 0(t0)
	addi t0, t0, 1
	bltu t0, t1, change
	li a0, 1
	sub a1, s1, s2
	addi a1, a1, -1
	li a2, 512
	li a3, 0
	li a4, ${dataAt}
	jal request
	add s3, s3, a0
	addi s2, s2, 1
	bltu s2, s5, each
	li a0, 4
	li a1, 0
	li a2, 0
	jal request
	add a0, a0, s3
	${finish}
	${request}
`;

/** What `mirror` makes of a disk. */
export function mirrored(disk: Uint8Array): Uint8Array {
	const out = disk.slice();
	const sectors = disk.length / 512;
	for (let i = 0; i < sectors >> 1; i++) {
		for (let k = 0; k < 512; k++) out[(sectors - 1 - i) * 512 + k] = out[i * 512 + k]! + i + 1;
	}
	return out;
}

/** Calls the code at `dataAt`, reads sector 0 over it and calls it again; ends with 10 times what the first call answered and what the second one did. */
export const loadCode = `
	${begin}
	la t0, first
	li t1, ${dataAt}
	lw t2, 0(t0)
	sw t2, 0(t1)
	lw t2, 4(t0)
	sw t2, 4(t1)
	fence.i
	li s4, 200
again:
	li t1, ${dataAt}
	jalr t1
	addi s4, s4, -1
	bnez s4, again
	slli s3, a0, 3
	slli t0, a0, 1
	add s3, s3, t0
	li a0, 0
	li a1, 0
	li a2, 512
	li a3, 2
	li a4, ${dataAt}
	jal request
	fence.i
	li t1, ${dataAt}
	jalr t1
	add a0, a0, s3
	${finish}
	.align 2
first:
	.word 0x00100513
	.word 0x00008067
	${request}
`;

/** Writes sector 3 full of "W", prints "W" with a line end when that is done, and runs on for ever. */
export const writeAndStay = `
	${begin}
	li t0, ${dataAt}
	addi t1, t0, 512
	li t2, 'W'
each:
	sb t2, 0(t0)
	addi t0, t0, 1
	bltu t0, t1, each
	li a0, 1
	li a1, 3
	li a2, 512
	li a3, 0
	li a4, ${dataAt}
	jal request
	li t0, 0x10000000
	li t2, 'W'
	sb t2, 0(t0)
	li t2, 10
	sb t2, 0(t0)
stay:	j stay
	${request}
`;
