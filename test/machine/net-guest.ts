/** Assembly of guests with a network card in the first virtio place, for tests: they wait for its interrupt, and need no trap. */
import { finish } from "./rig.ts";

const place = 0x10001000;
const plic = 0xc000000;
const rings = (queue: number) => ({ descriptors: 0x80010000 + 0x1000 * queue, available: 0x80010400 + 0x1000 * queue, used: 0x80010800 + 0x1000 * queue });
const [receive, transmit] = [rings(0), rings(1)];
const receiveAt = 0x80020000;
const roomBytes = 2048;
const rooms = 4;
const transmitAt = 0x80030000;
/** A frame lies behind the card's header. */
const headerBytes = 12;

const setup = (queue: number): string => {
	const { descriptors, available, used } = rings(queue);
	return `
	li t0, ${queue}
	sw t0, 0x30(s0)
	li t0, 8
	sw t0, 0x38(s0)
	li t0, ${descriptors}
	sw t0, 0x80(s0)
	sw zero, 0x84(s0)
	li t0, ${available}
	sw t0, 0x90(s0)
	sw zero, 0x94(s0)
	li t0, ${used}
	sw t0, 0xa0(s0)
	sw zero, 0xa4(s0)
	li t0, 1
	sw t0, 0x44(s0)
`;
};
const describe = (at: number, address: number, length: number, flags: number): string => `
	li t0, ${at}
	li t1, ${address}
	sw t1, 0(t0)
	sw zero, 4(t0)
	li t1, ${length}
	sw t1, 8(t0)
	li t1, ${flags}
	sw t1, 12(t0)
`;

/** The card runs afterwards, with room for frames offered; s0 is its place, s1 and s2 how many frames came and went. */
const begin = `
	li s0, ${place}
	li s1, 0
	li s2, 0
	sw zero, 0x70(s0)
	li t0, 3
	sw t0, 0x70(s0)
	li t0, 1
	sw t0, 0x24(s0)
	sw t0, 0x20(s0)
	li t0, 11
	sw t0, 0x70(s0)
	${setup(0)}
	${setup(1)}
	${Array.from({ length: rooms }, (_, i) => describe(receive.descriptors + 16 * i, receiveAt + roomBytes * i, roomBytes, 2)).join("")}
	li t0, ${receive.available}
	${Array.from({ length: rooms }, (_, i) => `li t1, ${i}\n\tsh t1, ${4 + 2 * i}(t0)`).join("\n\t")}
	li t1, ${rooms}
	sh t1, 2(t0)
	li t0, 15
	sw t0, 0x70(s0)
	# the card's interrupt wakes the processor, and is taken by nobody
	li t0, ${plic}
	li t1, 1
	sw t1, 4(t0)
	li t0, ${plic + 0x2000}
	li t1, 2
	sw t1, 0(t0)
	li t0, ${plic + 0x200000}
	sw zero, 0(t0)
	li t1, 0x800
	csrw mie, t1
`;

const routines = `
# sends a0 bytes at ${transmitAt}, the header included
send:
	li t0, ${transmit.descriptors}
	li t1, ${transmitAt}
	sw t1, 0(t0)
	sw zero, 4(t0)
	sw a0, 8(t0)
	sw zero, 12(t0)
	li t0, ${transmit.available}
	andi t1, s2, 7
	slli t1, t1, 1
	add t1, t1, t0
	sh zero, 4(t1)
	addi s2, s2, 1
	fence
	sh s2, 2(t0)
	fence
	li t1, 1
	sw t1, 0x50(s0)
	li t0, ${transmit.used}
sent:	lhu t1, 2(t0)
	bne t1, s2, sent
	ret
# waits for a frame: a0 its place behind the header, a1 its bytes; what came before may be used anew
receive:
	li t0, ${receive.used}
look:
	lhu t1, 2(t0)
	bne t1, s1, came
	wfi
	li t2, ${plic + 0x200004}
	lw t3, 0(t2)
	lw t4, 0x60(s0)
	sw t4, 0x64(s0)
	sw t3, 0(t2)
	j look
came:
	andi t1, s1, 7
	slli t1, t1, 3
	add t1, t1, t0
	lw t2, 4(t1)
	lw a1, 8(t1)
	addi a1, a1, -${headerBytes}
	slli a0, t2, 11
	li t3, ${receiveAt + headerBytes}
	add a0, a0, t3
	# the same room again: the ring of eight names it where its turn comes
	li t0, ${receive.available}
	addi t3, s1, ${rooms}
	andi t4, t3, 7
	slli t4, t4, 1
	add t4, t4, t0
	sh t2, 4(t4)
	addi t3, t3, 1
	fence
	sh t3, 2(t0)
	fence
	sw zero, 0x50(s0)
	addi s1, s1, 1
	ret
`;

const bytesAt = (label: string, bytes: ArrayLike<number>): string => `
	.align 2
${label}:
	.byte ${Array.from(bytes).join(", ")}
	.align 2
`;

/** Sends `frame` `times` times, the last byte counting up from 0, and takes an answer each time; ends with the sum of the answers' bytes at `at`. */
export const asker = (o: { frame: ArrayLike<number>; times: number; at: number }): string => `
	${begin}
	li s3, 0
	li s4, 0
ask:
	la t0, frame
	li t1, ${transmitAt + headerBytes}
	li t2, ${o.frame.length}
copy:
	lbu t3, 0(t0)
	sb t3, 0(t1)
	addi t0, t0, 1
	addi t1, t1, 1
	addi t2, t2, -1
	bnez t2, copy
	sb s3, -1(t1)
	li a0, ${headerBytes + o.frame.length}
	jal send
	jal receive
	lbu t0, ${o.at}(a0)
	add s4, s4, t0
	addi s3, s3, 1
	li t0, ${o.times}
	bne s3, t0, ask
	mv a0, s4
	${finish}
	${routines}
	${bytesAt("frame", o.frame)}
`;

/** Answers `times` frames with the same frame, its last byte doubled and one added; then ends with how many those were. */
export const answerer = (o: { times: number }): string => `
	${begin}
answer:
	jal receive
	li t1, ${transmitAt + headerBytes}
	mv t2, a1
copy:
	lbu t3, 0(a0)
	sb t3, 0(t1)
	addi a0, a0, 1
	addi t1, t1, 1
	addi t2, t2, -1
	bnez t2, copy
	slli t3, t3, 1
	addi t3, t3, 1
	sb t3, -1(t1)
	addi a0, a1, ${headerBytes}
	jal send
	li t0, ${o.times}
	bne s1, t0, answer
	mv a0, s1
	${finish}
	${routines}
`;
