// Calls and returns: Fibonacci, Ackermann, Takeuchi's function, queens on a board, a tree walked to depth 1,000.
#define ROUNDS 3200
#include "platform.h"
static NOINLINE uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static NOINLINE uint32_t ackermann(uint32_t m, uint32_t n) {
	if (m == 0) return n + 1;
	return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
static NOINLINE int takeuchi(int x, int y, int z) { return y >= x ? z : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y)); }
static NOINLINE int queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
	int found = 0;
	if (columns == all) return 1;
	for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
		uint32_t bit = free & -free;
		found += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
	}
	return found;
}
static NOINLINE uint32_t walk(uint32_t depth, uint32_t path) {
	if (depth == 0) return path;
	uint32_t below = walk(depth - 1, path * 3 + 1);
	return below ^ (below >> 7) ^ depth ^ path;
}
static uint32_t workload(uint32_t rounds) {
	uint32_t sum = 0;
	for (uint32_t round = 0; round < rounds; round++) {
		sum = mix_in(sum, fibonacci(23 + (round & 1)));
		sum = mix_in(sum, ackermann(2, 60 + (round & 3)));
		sum = mix_in(sum, (uint32_t)takeuchi(12, 8 - (int)(round & 1), 2));
		sum = mix_in(sum, (uint32_t)queens(0xff, 0, 0, 0));
		for (int i = 0; i < 20; i++) sum = mix_in(sum, walk(1000, sum));
	}
	return sum;
}
