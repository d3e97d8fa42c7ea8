/** Guest programs as assembly text that several tests run. */

/** In S mode: prints through the SBI of its firmware and shuts down. */
export const helloFromSMode = `la s0, text
next: lbu a0, 0(s0)
beqz a0, done
li a7, 1
ecall
addi s0, s0, 1
j next
done: li a7, 0x53525354
li a6, 0
li a0, 0
li a1, 0
ecall
j .
text: .asciz "hello from S mode\\n"
`;

/** Prints the text at the UART, then does `what` with each byte that comes there: it is in t1, the UART's address in s0, and `next` waits for another. */
export const printThenRead = (text: string, what: string): string => `li s0, 0x10000000
la s1, text
print: lbu t0, 0(s1)
beqz t0, next
sb t0, 0(s0)
addi s1, s1, 1
j print
next: lbu t0, 5(s0)
andi t0, t0, 1
beqz t0, next
lbu t1, 0(s0)
${what}
text: .asciz ${JSON.stringify(text)}
`;
