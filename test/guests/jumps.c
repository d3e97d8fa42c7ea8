// setjmp and longjmp through several frames, with values kept in volatile and global variables.
#include <setjmp.h>
#include <stdio.h>
static jmp_buf outer, inner;
static int depth;
static void dive(int n) {
	depth++;
	if (n == 0) longjmp(outer, depth);
	dive(n - 1);
}
static int guarded(int n) {
	int code = setjmp(inner);
	if (code != 0) return -code;
	if (n & 1) longjmp(inner, n);
	return n;
}
int main(void) {
	volatile int rounds = 0;
	int code = setjmp(outer);
	if (code != 0) printf("back with %d\n", code);
	if (++rounds < 5) dive(rounds * 7);
	int sum = 0;
	for (int i = 1; i < 10; i++) sum = sum * 3 + guarded(i);
	printf("rounds %d depth %d sum %d\n", rounds, depth, sum);
	return 3;
}
