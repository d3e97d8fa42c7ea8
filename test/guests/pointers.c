// Function pointers: dispatch tables, callbacks, composition, a tiny object model.
#include <stdio.h>
#include <stdlib.h>
typedef long (*unary)(long);
static long twice(long x) { return 2 * x; }
static long square(long x) { return x * x; }
static long negate(long x) { return -x; }
static long half(long x) { return x / 2; }
static unary const table[] = {twice, square, negate, half};
struct shape { const char *name; long (*area)(const struct shape *); long a, b; };
static long rectangle(const struct shape *s) { return s->a * s->b; }
static long triangle(const struct shape *s) { return s->a * s->b / 2; }
static int by_area(const void *x, const void *y) {
	const struct shape *a = x, *b = y;
	long p = a->area(a), q = b->area(b);
	return (p > q) - (p < q);
}
int main(void) {
	unsigned seed = 12345;
	long x = 3;
	for (int i = 0; i < 2000; i++) {
		seed = seed * 1103515245u + 12345u;
		x = table[(seed >> 16) & 3](x) % 100003;
	}
	printf("x=%ld\n", x);
	struct shape shapes[] = {{"room", rectangle, 5, 7}, {"gable", triangle, 6, 4}, {"field", rectangle, 90, 30}, {"sail", triangle, 9, 20}};
	qsort(shapes, 4, sizeof *shapes, by_area);
	for (int i = 0; i < 4; i++) printf("%s %ld\n", shapes[i].name, shapes[i].area(&shapes[i]));
	return (int)(x & 31);
}
