// AES-128 (FIPS 197) with one table of 256 words and rotations, in counter mode; the tables are computed.
#define ROUNDS 20000
#include "platform.h"
#define BLOCKS 1024
static uint8_t boxes[256];
static uint32_t table[256], keys[44];
static uint32_t output[4];

static uint8_t doubled(uint8_t x) { return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }
static uint32_t rotated(uint32_t x, int n) { return x << n | x >> (32 - n); }
static void prepare(const uint8_t *key) {
	uint8_t power[256], log[256];
	uint8_t x = 1;
	for (int i = 0; i < 255; i++) {
		power[i] = x;
		log[x] = (uint8_t)i;
		x ^= doubled(x);
	}
	for (int i = 0; i < 256; i++) {
		uint8_t inverse = i == 0 ? 0 : power[(255 - log[i]) % 255], s = inverse;
		for (int n = 1; n < 5; n++) s ^= (uint8_t)(inverse << n | inverse >> (8 - n));
		s ^= 0x63;
		boxes[i] = s;
		table[i] = (uint32_t)doubled(s) << 24 | (uint32_t)s << 16 | (uint32_t)s << 8 | (uint8_t)(doubled(s) ^ s);
	}
	uint8_t round = 1;
	for (int i = 0; i < 4; i++) keys[i] = (uint32_t)key[4 * i] << 24 | (uint32_t)key[4 * i + 1] << 16 | (uint32_t)key[4 * i + 2] << 8 | key[4 * i + 3];
	for (int i = 4; i < 44; i++) {
		uint32_t t = keys[i - 1];
		if (i % 4 == 0) {
			t = rotated(t, 8);
			t = (uint32_t)boxes[t >> 24] << 24 | (uint32_t)boxes[t >> 16 & 255] << 16 | (uint32_t)boxes[t >> 8 & 255] << 8 | boxes[t & 255];
			t ^= (uint32_t)round << 24;
			round = doubled(round);
		}
		keys[i] = keys[i - 4] ^ t;
	}
}
static inline uint32_t column(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t key) {
	return table[a >> 24] ^ rotated(table[b >> 16 & 255], 24) ^ rotated(table[c >> 8 & 255], 16) ^ rotated(table[d & 255], 8) ^ key;
}
static inline uint32_t last_column(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t key) {
	return ((uint32_t)boxes[a >> 24] << 24 | (uint32_t)boxes[b >> 16 & 255] << 16 | (uint32_t)boxes[c >> 8 & 255] << 8 | boxes[d & 255]) ^ key;
}
static NOINLINE void encrypt(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
	const uint32_t *k = keys;
	a ^= k[0];
	b ^= k[1];
	c ^= k[2];
	d ^= k[3];
	for (int round = 1; round < 10; round++) {
		k += 4;
		uint32_t e = column(a, b, c, d, k[0]), f = column(b, c, d, a, k[1]), g = column(c, d, a, b, k[2]), h = column(d, a, b, c, k[3]);
		a = e;
		b = f;
		c = g;
		d = h;
	}
	k += 4;
	output[0] = last_column(a, b, c, d, k[0]);
	output[1] = last_column(b, c, d, a, k[1]);
	output[2] = last_column(c, d, a, b, k[2]);
	output[3] = last_column(d, a, b, c, k[3]);
}
static uint32_t workload(uint32_t rounds) {
	uint8_t key[16];
	uint32_t sum = 0;
	// the standard's own example first
	for (int i = 0; i < 16; i++) key[i] = (uint8_t)i;
	prepare(key);
	encrypt(0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff);
	if (output[0] != 0x69c4e0d8 || output[3] != 0x70b4c55a) return 0;
	for (uint32_t round = 0; round < rounds; round++) {
		for (uint32_t block = 0; block < BLOCKS; block++) {
			encrypt(sum, round, 0, block);
			sum = mix_in(sum, output[0] ^ output[1] ^ output[2] ^ output[3]);
		}
		key[round & 15] ^= (uint8_t)sum;
		prepare(key);
	}
	return sum;
}
