// Deep and mutual recursion: Ackermann, Fibonacci, Towers of Hanoi, N queens.
#include <stdio.h>
static unsigned calls;
static unsigned ack(unsigned m, unsigned n) {
	calls++;
	return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1));
}
static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static unsigned hanoi(int n, int a, int b, int c) { return n == 0 ? 0 : hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a); }
static int queens(int n, unsigned columns, unsigned left, unsigned right) {
	unsigned all = (1u << n) - 1;
	if (columns == all) return 1;
	int found = 0;
	for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
		unsigned bit = free & -free;
		found += queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1);
	}
	return found;
}
int main(void) {
	printf("ack(2,6)=%u calls=%u\n", ack(2, 6), calls);
	printf("fib(18)=%u hanoi(12)=%u queens(7)=%d\n", fib(18), hanoi(12, 0, 1, 2), queens(7, 0, 0, 0));
	return 11;
}
