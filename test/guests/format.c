// The formats of printf and scanf, string to number conversions.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
	char line[128];
	printf("[%d] [%5d] [%-5d] [%05d] [%+d] [%x] [%#X] [%o] [%c] [%%]\n", -42, 42, 42, -42, 42, 0xbeef, 0xbeef, 511, 'q');
	printf("[%s] [%10s] [%-10s] [%.2s] [%*d] [%u]\n", "doppel", "right", "left", "cut", 6, 7, 4294967295u);
	printf("[%" PRId64 "] [%" PRIx64 "] [%hhd] [%hd] [%zu]\n", INT64_MIN, (uint64_t)0xfedcba9876543210, 300, 70000, sizeof line);
	int a, b;
	char word[16];
	int got = sscanf("12 0x1f tail", "%d %i %15s", &a, &b, word);
	printf("%d: %d %d %s\n", got, a, b, word);
	printf("%ld %lu %ld\n", strtol("-123abc", NULL, 10), strtoul("ffffffff", NULL, 16), strtol("0777", NULL, 0));
	int n = snprintf(line, 8, "truncated %d", 1);
	printf("%d %s %d\n", n, line, atoi("  99"));
	return n;
}
