# Runs every stream from its own registers, in M or U mode, with floating point on or off, and logs its traps; all of them as often as `passes` says, which leave their memory
# to each other; and writes all end states of the last pass to result.bin by semihosting.
.option arch, +zicsr
.option norelax
#if __riscv_xlen == 64
#define S sd
#define L ld
#define W 8
#else
#define S sw
#define L lw
#define W 4
#endif
.section .text.start, "ax"
.globl _start
_start:
	la t0, handler
	csrw mtvec, t0
	la t0, save
	csrw mscratch, t0
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
again:
	la s0, addresses
	la s1, results
	la s2, initial
next:
	la t0, current
	S s0, 0(t0)
	S s1, W(t0)
	S s2, 2*W(t0)
	L t1, 0(s0)
	beqz t1, finish
	li t0, 0x6000
	csrs mstatus, t0
	addi t0, s2, 32*W
	lw t2, 32*8(t0)
	fscsr t2
	.irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	fld f\r, \r*8(t0)
	.endr
	andi t2, t1, 2          # bit 1 of an address: floating point off
	sub t1, t1, t2
	beqz t2, 1f
	li t0, 0x6000
	csrc mstatus, t0
1:	andi t2, t1, 1          # bit 0: U mode
	sub t1, t1, t2
	csrw mepc, t1
	li t0, 0x1800
	csrc mstatus, t0
	bnez t2, 1f
	csrs mstatus, t0
1:	la t0, log
	S zero, 0(t0)
	S zero, W(t0)
	mv x31, s2
	.irp r,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	L x\r, \r*W(x31)
	.endr
	mret
.balign 4
handler:
	csrrw x31, mscratch, x31
	.irp r,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	S x\r, \r*W(x31)
	.endr
	csrr t0, mscratch
	S t0, 31*W(x31)
	csrw mscratch, x31
	csrr t0, mcause
	li t1, 3
	beq t0, t1, ended
	csrr t1, mepc
	csrr t2, mtval
	la t3, log
	L t4, 0(t3)
	addi t4, t4, 1
	S t4, 0(t3)
	L t4, W(t3)
	li t5, 31
	mul t4, t4, t5
	add t4, t4, t0
	mul t4, t4, t5
	add t4, t4, t1
	mul t4, t4, t5
	add t4, t4, t2
	S t4, W(t3)
	lhu t0, 0(t1)
	andi t0, t0, 3
	addi t1, t1, 2
	li t2, 3
	bne t0, t2, 1f
	addi t1, t1, 2
1:	csrw mepc, t1
	csrr x31, mscratch
	.irp r,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	L x\r, \r*W(x31)
	.endr
	mret
ended:
	la t0, current
	L s0, 0(t0)
	L s1, W(t0)
	L s2, 2*W(t0)
	la t0, save
	li t1, 32
1:	L t2, 0(t0)
	S t2, 0(s1)
	addi t0, t0, W
	addi s1, s1, W
	addi t1, t1, -1
	bnez t1, 1b
	la t0, log
	L t2, 0(t0)
	S t2, 0(s1)
	L t2, W(t0)
	S t2, W(s1)
	addi s1, s1, 2*W
	li t0, 0x6000
	csrs mstatus, t0
	.irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	fsd f\r, \r*8(s1)
	.endr
	frcsr t0
	sw t0, 32*8(s1)
	addi s1, s1, 33*8
	addi s0, s0, W
	addi s2, s2, 32*W + 33*8
	j next
finish:
	la t0, passes
	L t1, 0(t0)
	addi t1, t1, -1
	S t1, 0(t0)
	bnez t1, again
	la t0, file
	la t1, arguments
	S t0, 0(t1)
	li t0, 5                # "wb"
	S t0, W(t1)
	li t0, 10
	S t0, 2*W(t1)
	li a0, 1
	mv a1, t1
	call semihost
	mv s3, a0
	la t1, arguments
	S s3, 0(t1)
	la t0, results
	S t0, W(t1)
	la t2, end_of_results
	sub t2, t2, t0
	S t2, 2*W(t1)
	li a0, 5
	mv a1, t1
	call semihost
	la t1, arguments
	S s3, 0(t1)
	li a0, 2
	mv a1, t1
	call semihost
	la t1, arguments
	li t0, 0x20026
	S t0, 0(t1)
	S zero, W(t1)
	li a0, 0x20
	mv a1, t1
	call semihost
	j .
.option norvc
.balign 16
semihost:
	slli zero, zero, 0x1f
	ebreak
	srai zero, zero, 7
	ret
.option rvc
.data
file: .asciz "result.bin"
.balign 16
current: .zero 4*W
log: .zero 2*W
arguments: .zero 4*W
save: .zero 32*W
.section .streams, "aw"
.balign 16
.include "streams.inc"
