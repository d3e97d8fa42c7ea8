// Code that writes code: patches an immediate in place, builds functions in a buffer, rewrites its own loop.
__asm__(".option arch, +zicsr, +zifencei");
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static uint32_t buffer[64] __attribute__((aligned(16)));
static void emit_constant(uint32_t *at, int value) {
	at[0] = (uint32_t)(value & 0xfff) << 20 | 10 << 7 | 0x13; // addi a0, zero, value
	at[1] = 0x00008067; // ret
	__asm__ volatile("fence.i" ::: "memory");
}
int main(void) {
	int (*function)(void) = (int (*)(void))buffer;
	long sum = 0;
	for (int i = -300; i < 300; i++) { emit_constant(buffer, i); sum = sum * 3 + function(); }
	printf("sum %ld\n", sum & 0xffffff);
	// a chain of additions that grows by one each round
	for (int n = 0; n < 40; n++) {
		buffer[n] = 1u << 20 | 10 << 15 | 10 << 7 | 0x13; // addi a0, a0, 1
		buffer[n + 1] = 0x00008067;
		__asm__ volatile("fence.i" ::: "memory");
		sum += ((int (*)(int))buffer)(n) == 2 * n + 1;
	}
	// moved to another address
	memcpy(buffer + 45, buffer, 16);
	buffer[49] = 0x00008067;
	__asm__ volatile("fence.i" ::: "memory");
	int moved = ((int (*)(int))(buffer + 45))(100);
	printf("sum %ld moved %d\n", sum & 0xffffff, moved);
	return moved & 0x7f;
}
