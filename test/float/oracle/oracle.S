# A processor's answers to many floating point questions: cases from standard input in, results and flags to standard output.
#
# A case is 32 bytes: operation (index into the table below) and fcsr (rounding mode and exceptions so far) in 32 bits each, then three operands of 64 bits.
# An answer is 16 bytes: the result as the instruction leaves it (bits of a number, or an integer) and the accrued exceptions.
# A user program of Linux without a library: qemu-riscv64 -cpu rv64,Zfh=true built/oracle.elf
# With MACHINE, a program of the virt board: the count of cases at 0x80100000, the cases behind it, answers at 0x80900000.

	.option	arch, +zfh
	.equ	caseBytes, 32
	.equ	cases, 4096

# name of a format: how operands come in, how a number goes out
	.macro	in16
	fmv.h.x	fa1, a1
	fmv.h.x	fa2, a2
	fmv.h.x	fa3, a3
	.endm
	.macro	in32
	fmv.w.x	fa1, a1
	fmv.w.x	fa2, a2
	fmv.w.x	fa3, a3
	.endm
	.macro	in64
	fmv.d.x	fa1, a1
	fmv.d.x	fa2, a2
	fmv.d.x	fa3, a3
	.endm

# an operation: its index is its place in the table
	.macro	op in, instruction:vararg
	.pushsection .rodata.table, "a"
	.dword	1f
	.popsection
1:	\in
	\instruction
	.endm
	.macro	number w, move, instruction:vararg
	op	in\w, \instruction
	fmv.x.\move	a0, fa0
	j	answer
	.endm
	.macro	integer w, instruction:vararg
	op	in\w, \instruction
	j	answer
	.endm

	.section .rodata.table, "a"
table:
	.text
	.globl	_start
_start:
	la	s2, table
#ifdef MACHINE
	li	t0, 0x6000
	csrs	mstatus, t0		# FS = Dirty: floating point is on
	li	s5, 0x80100000
	ld	s4, 0(s5)		# cases
	addi	s5, s5, 8
	li	s6, 0x80900000
#else
	la	s0, input
	la	s1, output

# fill the buffer: s3 bytes so far
batch:
	li	s3, 0
fill:
	li	a0, 0
	add	a1, s0, s3
	li	a2, caseBytes * cases
	sub	a2, a2, s3
	li	a7, 63			# read
	ecall
	blez	a0, filled
	add	s3, s3, a0
	li	t0, caseBytes * cases
	blt	s3, t0, fill
filled:
	srli	s4, s3, 5		# cases
	beqz	s4, done
	mv	s5, s0
	mv	s6, s1
#endif
next:
	lw	t0, 0(s5)
	lw	t1, 4(s5)
	ld	a1, 8(s5)
	ld	a2, 16(s5)
	ld	a3, 24(s5)
	fscsr	t1
	slli	t0, t0, 3
	add	t0, t0, s2
	ld	t0, 0(t0)
	jr	t0
answer:
	frflags	t1
	sd	a0, 0(s6)
	sd	t1, 8(s6)
	addi	s5, s5, caseBytes
	addi	s6, s6, 16
	addi	s4, s4, -1
	bnez	s4, next

#ifdef MACHINE
	li	t0, 0x100000		# the test finisher
	li	t1, 0x5555
	sw	t1, 0(t0)
1:	j	1b
#else
	mv	a1, s1
drain:
	li	a0, 1
	sub	a2, s6, a1
	blez	a2, batch
	mv	s7, a1
	li	a7, 64			# write
	ecall
	blez	a0, done
	add	a1, s7, a0
	j	drain
done:
	li	a0, 0
	li	a7, 93			# exit
	ecall
#endif

# the table: the operations of each format in the order that cases.ts lists them
	.macro	arithmetic w, s, m
	number	\w, \m, fadd.\s fa0, fa1, fa2
	number	\w, \m, fsub.\s fa0, fa1, fa2
	number	\w, \m, fmul.\s fa0, fa1, fa2
	number	\w, \m, fdiv.\s fa0, fa1, fa2
	number	\w, \m, fsqrt.\s fa0, fa1
	number	\w, \m, fmadd.\s fa0, fa1, fa2, fa3
	integer	\w, feq.\s a0, fa1, fa2
	integer	\w, flt.\s a0, fa1, fa2
	integer	\w, fle.\s a0, fa1, fa2
	integer	\w, fcvt.w.\s a0, fa1
	integer	\w, fcvt.wu.\s a0, fa1
	integer	\w, fcvt.l.\s a0, fa1
	integer	\w, fcvt.lu.\s a0, fa1
	number	\w, \m, fcvt.\s\().w fa0, a1
	number	\w, \m, fcvt.\s\().wu fa0, a1
	number	\w, \m, fcvt.\s\().l fa0, a1
	number	\w, \m, fcvt.\s\().lu fa0, a1
	.endm
	arithmetic 16, h, h
	arithmetic 32, s, w
	arithmetic 64, d, d
	number	16, w, fcvt.s.h fa0, fa1
	number	16, d, fcvt.d.h fa0, fa1
	number	32, h, fcvt.h.s fa0, fa1
	number	32, d, fcvt.d.s fa0, fa1
	number	64, h, fcvt.h.d fa0, fa1
	number	64, w, fcvt.s.d fa0, fa1

	.macro	others w, s, m
	number	\w, \m, fmin.\s fa0, fa1, fa2
	number	\w, \m, fmax.\s fa0, fa1, fa2
	number	\w, \m, fsgnj.\s fa0, fa1, fa2
	number	\w, \m, fsgnjn.\s fa0, fa1, fa2
	number	\w, \m, fsgnjx.\s fa0, fa1, fa2
	integer	\w, fclass.\s a0, fa1
	integer	\w, fcvt.w.\s a0, fa1, rtz
	integer	\w, fcvt.wu.\s a0, fa1, rtz
	integer	\w, fcvt.l.\s a0, fa1, rtz
	integer	\w, fcvt.lu.\s a0, fa1, rtz
	number	\w, \m, fadd.\s fa0, fa1, fa2, rne
	number	\w, \m, fsub.\s fa0, fa1, fa2, rne
	number	\w, \m, fmul.\s fa0, fa1, fa2, rne
	number	\w, \m, fdiv.\s fa0, fa1, fa2, rne
	number	\w, \m, fsqrt.\s fa0, fa1, rne
	number	\w, \m, fmadd.\s fa0, fa1, fa2, fa3, rne
	.endm
	others 16, h, h
	others 32, s, w
	others 64, d, d

#ifndef MACHINE
	.bss
	.balign	16
input:	.space	caseBytes * cases
output:	.space	16 * cases
#endif
