# Runs every stream of supervisor-streams.ts: fills its page tables, sets its CSRs and registers, enters it; its traps in M and in S mode are logged and gone on from;
# then writes down what is left. The layout of records and results is that of supervisor-streams.ts. All results go to result.bin by semihosting.
.option arch, +zicsr, +zifencei
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
#define LOGGED 40

.macro save_registers
	.irp r,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	S x\r, \r*W(x31)
	.endr
.endm
.macro restore_registers
	.irp r,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	L x\r, \r*W(x31)
	.endr
.endm
# t0 cause as logged, t1 pc, t2 value, t3 status; leaves the number of entries in s3
.macro log_trap
	la s1, log
	L s2, 0(s1)
	S t4, 0(s2)
	S t1, W(s2)
	S t2, 2*W(s2)
	S t3, 3*W(s2)
	addi s2, s2, 4*W
	S s2, 0(s1)
	L s3, W(s1)
	addi s3, s3, 1
	S s3, W(s1)
.endm
# t1 behind the instruction whose first half is in t4
.macro pass_instruction
	andi t4, t4, 3
	addi t1, t1, 2
	addi t4, t4, -3
	bnez t4, 9f
	addi t1, t1, 2
9:
.endm

.section .text.start, "ax"
.globl _start
_start:
	la t0, begin
	jr t0
# a stream may be given this page
.balign 4096
begin:
	la t0, machine_trap
	csrw mtvec, t0
	la t0, machine_saved
	csrw mscratch, t0
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	la s0, records
	la s1, results
next:
	la t0, current
	S s0, 0(t0)
	S s1, W(t0)
	L t1, 0(s0)
	beqz t1, finish
	csrw mepc, t1
	L t1, W(s0)
	S t1, 2*W(t0)
	la t0, log
	addi t1, s1, 88*W
	S t1, 0(t0)
	S zero, W(t0)
	L t0, 12*W(s0)
	addi t1, s0, 46*W
1:	beqz t0, 1f
	L t2, 0(t1)
	L t3, W(t1)
	S t3, 0(t2)
	addi t1, t1, 2*W
	addi t0, t0, -1
	j 1b
1:	L t0, 2*W(s0)
	csrw mstatus, t0
	.macro set csr, index
	L t0, \index*W(s0)
	csrw \csr, t0
	.endm
	set satp, 3
	set medeleg, 4
	set mideleg, 5
	set mie, 6
	set mip, 7
	set stvec, 8
	set sepc, 9
	set sscratch, 10
	set scounteren, 11
	csrw scause, zero
	csrw stval, zero
	sfence.vma
	fence.i
	addi x31, s0, 14*W
	restore_registers
	mret

.balign 4
machine_trap:
	csrrw x31, mscratch, x31
	save_registers
	csrr t0, mscratch
	S t0, 31*W(x31)
	csrw mscratch, x31
	csrr t0, mcause
	csrr t1, mepc
	csrr t2, mtval
	csrr t3, mstatus
	mv t4, t0
	log_trap
	li t4, LOGGED - 1
	bgeu s3, t4, over
	bltz t0, interrupted
	li t4, 1
	beq t0, t4, over
	li t4, 12
	beq t0, t4, over
	li t4, 9
	bne t0, t4, 1f
	la t4, supervisor_end
	beq t1, t4, over
1:	li t4, 3
	bne t0, t4, 1f
	la t4, current
	L t4, 2*W(t4)
	beq t1, t4, over
1:	li t4, 0x1800
	and t5, t4, t3
	bne t4, t5, 1f
	sfence.vma              # MRET changes MPP, and with it what MPRV means; QEMU 7.2 goes on with what it remembers
	j 2f
1:	li t5, 0xe0000          # MPRV, SUM and MXR: what could be fetched can now be loaded
	csrs mstatus, t5
2:	lhu t4, 0(t1)
	csrw mstatus, t3
	pass_instruction
	csrw mepc, t1
	j 1f
interrupted:
	csrw mie, zero
1:	csrr x31, mscratch
	restore_registers
	mret

# the vectored form of stvec jumps to any of 16
.section .supervisor, "ax"
.balign 64
.option norvc
supervisor_trap:
	.rept 16
	j 1f
	.endr
1:
.option rvc
	save_registers
	S x31, 31*W(x31)
	csrr t0, scause
	csrr t1, sepc
	csrr t2, stval
	csrr t3, sstatus
	ori t4, t0, 0x100
	log_trap
	li t4, LOGGED - 1
	bgeu s3, t4, supervisor_end
	bltz t0, supervisor_interrupted
	li t4, 1
	beq t0, t4, supervisor_end
	li t4, 12
	beq t0, t4, supervisor_end
	li t4, 3
	bne t0, t4, 1f
	la t4, current
	L t4, 2*W(t4)
	beq t1, t4, supervisor_end
1:	li t5, 0xc0000
	csrs sstatus, t5
	lhu t4, 0(t1)
	csrw sstatus, t3
	pass_instruction
	csrw sepc, t1
	j 1f
supervisor_interrupted:
	csrw sie, zero
1:	restore_registers
	sret
supervisor_end:
	ecall

.text

# the stream is over: t1 is where
over:
	la t4, supervisor_end
	la t5, machine_saved
	bne t1, t4, 1f
	la t5, supervisor_saved
1:	la t0, current
	L s0, 0(t0)
	L s1, W(t0)
	la t0, log
	L t0, W(t0)
	S t0, 0(s1)
	li t0, 31
	mv t1, s1
1:	addi t1, t1, W
	addi t5, t5, W
	L t2, 0(t5)
	S t2, 0(t1)
	addi t0, t0, -1
	bnez t0, 1b
	.macro get csr, index
	csrr t0, \csr
	S t0, \index*W(s1)
	.endm
	get sstatus, 32
	get sie, 33
	get sip, 34
	get stvec, 35
	get sscratch, 36
	get sepc, 37
	get scause, 38
	get stval, 39
	get satp, 40
	get scounteren, 41
	get mstatus, 42
	get mie, 43
	csrw satp, zero
	# page tables as they are now, and empty again
	L t0, 12*W(s0)
	addi t1, s0, 46*W
	addi t4, s1, 48*W
1:	beqz t0, 1f
	L t2, 0(t1)
	L t3, 0(t2)
	S t3, 0(t4)
	addi t1, t1, 2*W
	addi t4, t4, W
	addi t0, t0, -1
	j 1b
1:	L t0, 12*W(s0)
	addi t1, s0, 46*W
1:	beqz t0, 1f
	L t2, 0(t1)
	S zero, 0(t2)
	addi t1, t1, 2*W
	addi t0, t0, -1
	j 1b
	# both edges of every page
1:	la t0, pages
	li t1, 8
	li t2, 0
	li t5, 31
1:	L t3, 0(t0)
	mul t2, t2, t5
	add t2, t2, t3
	L t3, W(t0)
	mul t2, t2, t5
	add t2, t2, t3
	addi t0, t0, 2047
	addi t0, t0, 2049 - W - W
	L t3, 0(t0)
	mul t2, t2, t5
	add t2, t2, t3
	L t3, W(t0)
	mul t2, t2, t5
	add t2, t2, t3
	addi t0, t0, 2*W
	addi t1, t1, -1
	bnez t1, 1b
	S t2, 44*W(s1)
	addi s0, s0, 126*W
	li t0, 248*W
	add s1, s1, t0
	j next

finish:
	la t1, pages
	li t2, 8*4096
	add t2, t2, t1
1:	L t0, 0(t1)
	S t0, 0(s1)
	addi s1, s1, W
	addi t1, t1, W
	bltu t1, t2, 1b
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
	sub t2, s1, t0
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
machine_saved: .zero 32*W
.section .saved, "aw"
supervisor_saved: .zero 32*W
.section .tables, "aw"
.incbin "tables.bin"
.section .pages, "aw"
pages: .incbin "pages.bin"
.section .code, "awx"
.incbin "code.bin"
.section .records, "aw"
records: .incbin "records.bin"
.section .results, "aw", @nobits
.balign 16
results: .zero RESULT_BYTES
