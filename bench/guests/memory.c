// Memory filled, copied (aligned and not), moved over itself and compared by loops of our own, in blocks of 16 bytes to 256 KiB.
#define ROUNDS 6000
#include "platform.h"
#define BYTES 262144
typedef uintptr_t word;
typedef uintptr_t __attribute__((may_alias)) any_word;
static uint8_t from[BYTES + 64] __attribute__((aligned(16))), to[BYTES + 64] __attribute__((aligned(16)));
/** Keeps the compiler from seeing a loop it knows a library function for. */
#define OPAQUE(p) __asm__("" : "+r"(p))

static NOINLINE void fill(uint8_t *p, uint8_t value, size_t bytes) {
	word pattern = (word)-1 / 255 * value;
	for (; bytes && ((word)p & (sizeof(word) - 1)); bytes--) { *p++ = value; OPAQUE(p); }
	for (; bytes >= 4 * sizeof(word); bytes -= 4 * sizeof(word)) {
		any_word *w = (any_word *)p;
		w[0] = w[1] = w[2] = w[3] = pattern;
		p += 4 * sizeof(word);
		OPAQUE(p);
	}
	for (; bytes; bytes--) { *p++ = value; OPAQUE(p); }
}
static NOINLINE void copy(uint8_t *d, const uint8_t *s, size_t bytes) {
	if ((((word)d ^ (word)s) & (sizeof(word) - 1)) == 0) {
		for (; bytes && ((word)d & (sizeof(word) - 1)); bytes--) { *d++ = *s++; OPAQUE(d); }
		for (; bytes >= 4 * sizeof(word); bytes -= 4 * sizeof(word)) {
			const any_word *x = (const any_word *)s;
			any_word *y = (any_word *)d;
			word a = x[0], b = x[1], c = x[2], e = x[3];
			y[0] = a;
			y[1] = b;
			y[2] = c;
			y[3] = e;
			s += 4 * sizeof(word);
			d += 4 * sizeof(word);
			OPAQUE(d);
		}
	}
	for (; bytes; bytes--) { *d++ = *s++; OPAQUE(d); }
}
static NOINLINE void move_up(uint8_t *d, const uint8_t *s, size_t bytes) {
	while (bytes--) { d[bytes] = s[bytes]; OPAQUE(d); }
}
static NOINLINE size_t same(const uint8_t *a, const uint8_t *b, size_t bytes) {
	size_t i = 0;
	while (i < bytes && a[i] == b[i]) i++;
	return i;
}
static uint32_t workload(uint32_t rounds) {
	uint32_t sum = 0, seed = 777u;
	for (uint32_t i = 0; i < BYTES; i++) from[i] = (uint8_t)next_random(&seed);
	for (uint32_t round = 0; round < rounds; round++) {
		for (size_t bytes = 16; bytes <= BYTES; bytes *= 4)
			for (size_t at = 0; at < BYTES; at += bytes * 4) {
				size_t n = bytes - (round & 7);
				fill(to + at, (uint8_t)round, n);
				copy(to + at, from + at, n);
				copy(to + at + (round & 3), from + at, n / 8);
				move_up(to + at + 3, to + at, n / 8);
				sum += (uint32_t)same(from + at, to + at, n) + to[at + n / 2];
			}
		from[next_random(&seed) % BYTES] ^= 1;
		sum = mix_in(sum, to[round * 977 % BYTES]);
	}
	return sum;
}
