// Timer and software interrupts through the CLINT, a trap from U mode, illegal instructions; no output depends on time.
__asm__(".option arch, +zicsr, +zifencei");
#include <stdint.h>
#include <stdio.h>
#define MTIME (*(volatile uint64_t *)0x200bff8)
#define MTIME32 (*(volatile uint32_t *)0x200bff8)
static volatile uint32_t *const msip = (volatile uint32_t *)0x2000000;
static volatile uint32_t *const mtimecmp = (volatile uint32_t *)0x2004000;
#define csr_read(name) ({ unsigned long v_; __asm__ volatile("csrr %0, " #name : "=r"(v_)); v_; })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((unsigned long)(value)))
#define csr_set(name, value) __asm__ volatile("csrs " #name ", %0" ::"r"((unsigned long)(value)))
#define csr_clear(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"((unsigned long)(value)))
volatile unsigned ticks, softs, illegals, calls, last_cause;
static void arm(uint32_t delta) {
	uint32_t hi, lo;
	do { hi = ((volatile uint32_t *)0x200bff8)[1]; lo = MTIME32; } while (hi != ((volatile uint32_t *)0x200bff8)[1]);
	uint64_t at = ((uint64_t)hi << 32 | lo) + delta;
	mtimecmp[1] = 0xffffffff;
	mtimecmp[0] = (uint32_t)at;
	mtimecmp[1] = (uint32_t)(at >> 32);
}
__attribute__((interrupt("machine"), aligned(4))) static void handler(void) {
	unsigned long cause = csr_read(mcause);
	if ((long)cause < 0) {
		switch (cause & 0xff) {
		case 7: ticks++; arm(1000); break;
		case 3: softs++; *msip = 0; break;
		}
		return;
	}
	last_cause = (unsigned)cause;
	unsigned long epc = csr_read(mepc);
	if (cause == 2) illegals++;
	if (cause == 8 || cause == 11) calls++;
	unsigned short first = *(unsigned short *)epc;
	csr_write(mepc, epc + ((first & 3) == 3 ? 4 : 2));
	if (cause == 8 && calls == 3) csr_set(mstatus, 3 << 11); // third call from U mode: return to M mode
}
static void user(void) {
	__asm__ volatile("ecall");
	__asm__ volatile("csrr t0, mstatus" ::: "t0"); // illegal in U mode
	__asm__ volatile("ecall");
	__asm__ volatile("mret"); // illegal in U mode
	__asm__ volatile("ecall");
}
int main(void) {
	csr_write(mtvec, (unsigned long)handler);
	arm(1000);
	csr_set(mie, 1 << 7 | 1 << 3);
	csr_set(mstatus, 1 << 3);
	while (ticks < 5) __asm__ volatile("wfi");
	csr_clear(mie, 1 << 7);
	printf("ticks %u\n", ticks);
	for (unsigned i = 1; i <= 3; i++) { *msip = 1; while (softs < i) {} }
	printf("software %u\n", softs);
	__asm__ volatile(".word 0xffffffff");
	__asm__ volatile("csrr t0, 0x123" ::: "t0");
	printf("illegal %u cause %u\n", illegals, last_cause);
	csr_write(pmpaddr0, ~0ul);
	csr_write(pmpcfg0, 0x1f); // everything allowed to U mode
	csr_clear(mstatus, 3 << 11 | 1 << 3);
	__asm__ volatile("la t0, 1f\n csrw mepc, t0\n mret\n1:" ::: "t0");
	user();
	printf("calls %u illegal %u cause %u\n", calls, illegals, last_cause);
	return (int)(calls * 10 + illegals);
}
