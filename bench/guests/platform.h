// What a workload needs of where it runs: workload(rounds) in, its checksum as eight hexadecimal digits on the console out.
// One RISC-V ELF is a program for the bare board `virt` (console: the UART, end: the test finisher, rounds: "rounds=N" on the command line that the
// device tree holds) and a static Linux program (rounds: its argument); elsewhere it is an ordinary C program; as Wasm it is the exported function.
#include <stddef.h>
#include <stdint.h>
#define NOINLINE __attribute__((noinline))
static uint32_t workload(uint32_t rounds);

/** A small generator of numbers, the same everywhere. */
static inline uint32_t next_random(uint32_t *state) {
	uint32_t x = *state;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}
static inline uint32_t mix_in(uint32_t sum, uint32_t value) {
	sum = (sum ^ value) * 0x9e3779b1u;
	return sum ^ sum >> 15;
}
/** A double's 64 bits, into a checksum: no rounding may differ. */
static inline uint32_t mix_double(uint32_t sum, double value) {
	union { double number; uint64_t bits; } u = { value };
	return mix_in(mix_in(sum, (uint32_t)u.bits), (uint32_t)(u.bits >> 32));
}

#if defined(__wasm__) || defined(__riscv)
#ifdef __clang__
#define PLAIN_LOOP __attribute__((no_builtin))
#else
#define PLAIN_LOOP __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif
PLAIN_LOOP void *memcpy(void *to, const void *from, size_t bytes) {
	for (size_t i = 0; i < bytes; i++) ((char *)to)[i] = ((const char *)from)[i];
	return to;
}
PLAIN_LOOP void *memset(void *to, int value, size_t bytes) {
	for (size_t i = 0; i < bytes; i++) ((char *)to)[i] = (char)value;
	return to;
}
#endif

#if defined(__wasm__)
__attribute__((export_name("workload"))) uint32_t exported(uint32_t rounds) { return workload(rounds); }

#elif defined(__riscv)
// A bare machine starts with sp = 0 and the device tree in a1; Linux with sp at the number of arguments.
__asm__(".pushsection .text.start,\"ax\"\n"
	".global _start\n_start:\n"
	".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\n"
	"mv a0, sp\n"
	"bnez sp, 1f\n"
	"li t0, 0x2000\ncsrs sstatus, t0\n" // floating point on, in machine or supervisor mode
	"la sp, bare_stack + 0x100000\n"
	"1: andi sp, sp, -16\n"
	"call start\n.popsection\n");
char bare_stack[0x100000] __attribute__((aligned(16)));

static long linux_call(long number, long a, long b, long c) {
	register long a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c, a7 __asm__("a7") = number;
	__asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
	return a0;
}
/** N of the first "rounds=N" in the text; 0: there is none. */
static uint32_t rounds_in(const char *text, uint32_t bytes) {
	static const char name[] = "rounds=";
	for (uint32_t i = 0; i + sizeof name <= bytes; i++) {
		uint32_t same = 0, value = 0;
		while (same < sizeof name - 1 && text[i + same] == name[same]) same++;
		if (same < sizeof name - 1) continue;
		for (const char *p = text + i + same; *p >= '0' && *p <= '9'; p++) value = value * 10 + (uint32_t)(*p - '0');
		return value;
	}
	return 0;
}
__attribute__((noreturn, used)) static void start(long *arguments, const uint8_t *tree) {
	char line[9];
	uint32_t rounds = 0;
	if (!arguments) rounds = rounds_in((const char *)tree, (uint32_t)tree[4] << 24 | (uint32_t)tree[5] << 16 | (uint32_t)tree[6] << 8 | tree[7]);
	else if (arguments[0] > 1) rounds = rounds_in((const char *)arguments[2], 32);
	uint32_t sum = workload(rounds ? rounds : ROUNDS);
	for (int i = 0; i < 8; i++) line[i] = "0123456789abcdef"[sum >> (28 - 4 * i) & 15];
	line[8] = '\n';
	if (arguments) {
		linux_call(64, 1, (long)line, 9);
		linux_call(93, 0, 0, 0);
	}
	volatile uint8_t *uart = (volatile uint8_t *)0x10000000;
	for (int i = 0; i < 9; i++) {
		while (!(uart[5] & 0x20)) {}
		*uart = (uint8_t)line[i];
	}
	*(volatile uint32_t *)0x100000 = 0x5555;
	for (;;) {}
}

#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
	static const char name[] = "rounds=";
	uint32_t rounds = argc > 1 && strncmp(argv[1], name, sizeof name - 1) == 0 ? (uint32_t)strtoul(argv[1] + sizeof name - 1, NULL, 10) : 0;
	printf("%08x\n", workload(rounds ? rounds : ROUNDS));
	return 0;
}
#endif
