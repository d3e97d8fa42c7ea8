// 64-bit multiplication, division, remainder and shifts (library routines on a 32-bit target), corners included.
#include <stdint.h>
#include <stdio.h>
static const uint64_t samples[] = {0, 1, 2, 3, 7, 10, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x123456789abcdef0,
	0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0xfffffffffffffffe, 0xffffffffffffffff};
#define COUNT (sizeof samples / sizeof *samples)
int main(void) {
	uint64_t sum = 0;
	for (unsigned i = 0; i < COUNT; i++)
		for (unsigned j = 0; j < COUNT; j++) {
			volatile uint64_t a = samples[i], b = samples[j];
			sum = sum * 31 + a * b;
			if (b != 0) {
				sum = sum * 31 + a / b;
				sum = sum * 31 + a % b;
				if (!(a == 0x8000000000000000 && b == ~0ull)) {
					sum = sum * 31 + (uint64_t)((int64_t)a / (int64_t)b);
					sum = sum * 31 + (uint64_t)((int64_t)a % (int64_t)b);
				}
			}
			sum ^= (a << (b & 63)) + (a >> (b & 63)) + (uint64_t)((int64_t)a >> (b & 63));
		}
	uint32_t low = (uint32_t)sum, high = (uint32_t)(sum >> 32);
	printf("checksum %08lx%08lx\n", (unsigned long)high, (unsigned long)low);
	printf("%lld %lld %llu\n", -7ll / 2, -7ll % 2, 18446744073709551615ull / 10);
	return (int)(sum & 0x3f);
}
