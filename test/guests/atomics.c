// Atomic operations and LR/SC loops through the compiler's builtins, bit tricks, CSR counters that only move forward.
__asm__(".option arch, +zicsr, +zifencei");
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
static _Atomic uint32_t word;
static _Atomic long wide;
static unsigned small_;
int main(void) {
	uint32_t sum = 0;
	for (uint32_t i = 0; i < 500; i++) {
		sum = sum * 5 + atomic_fetch_add(&word, i);
		sum = sum * 5 + atomic_fetch_xor(&word, i << 7);
		sum = sum * 5 + atomic_fetch_or(&word, i & 3);
		sum = sum * 5 + atomic_fetch_and(&word, ~(i << 4));
		sum = sum * 5 + atomic_exchange(&word, word + i);
		uint32_t expected = i & 1 ? word : 0;
		sum += atomic_compare_exchange_strong(&word, &expected, i * 77);
		atomic_fetch_add(&wide, (long)i * i);
		__atomic_fetch_add(&small_, 3, __ATOMIC_SEQ_CST);
		sum += (uint32_t)__builtin_popcount(i) + (uint32_t)__builtin_clz(i + 1) + (uint32_t)__builtin_ctz(i + 1) + __builtin_bswap32(i);
	}
	int32_t old, value = -5;
	uint32_t target = 3;
	__asm__ volatile("amomax.w %0, %2, (%1)" : "=r"(old) : "r"(&target), "r"(value) : "memory");
	sum += target;
	__asm__ volatile("amomaxu.w %0, %2, (%1)" : "=r"(old) : "r"(&target), "r"(value) : "memory");
	sum += target;
	__asm__ volatile("amomin.w %0, %2, (%1)" : "=r"(old) : "r"(&target), "r"(12) : "memory");
	unsigned long before, after;
	__asm__ volatile("csrr %0, minstret" : "=r"(before));
	for (volatile int i = 0; i < 50; i++) {}
	__asm__ volatile("csrr %0, minstret" : "=r"(after));
	printf("sum %lu word %lu wide %ld small %u min %lu\n", (unsigned long)sum, (unsigned long)word, (long)wide, small_, (unsigned long)target);
	printf("counter moves %d\n", after > before + 50);
	return small_ & 63;
}
