// The SHA-256 compression function (with constants of our own), CRC-32, FNV and Adler over the same bytes.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static uint32_t k[64];
static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }
static void constants(uint32_t h[8]) {
	// rough cube roots of primes: any fixed numbers do
	int found = 0;
	for (uint32_t p = 2; found < 64; p++) {
		int prime = 1;
		for (uint32_t d = 2; d * d <= p; d++) prime &= p % d != 0;
		if (!prime) continue;
		uint64_t lo = 0, hi = (uint64_t)8 << 32; // root of p as 32.32 fixed point
		while (hi - lo > 1) {
			uint64_t mid = (lo + hi) / 2, top = mid >> 16; // cube in units of 2^-48
			uint64_t a = top * top >> 16, cube = (a >> 8) * (top >> 8); // coarse, refined below
			if ((cube >> 16) >= ((uint64_t)p << 16)) hi = mid; else lo = mid;
		}
		k[found] = (uint32_t)lo;
		if (found < 8) h[found] = (uint32_t)(lo * 2654435761u);
		found++;
	}
}
static void block(uint32_t h[8], const uint8_t *p) {
	uint32_t w[64], v[8];
	for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(v, h, sizeof v);
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
		uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++) h[i] += v[i];
}
int main(void) {
	static uint8_t text[64 * 24];
	uint32_t h[8], crc = ~0u, a = 1, b = 0;
	uint64_t fnv = 0xcbf29ce484222325;
	for (unsigned i = 0; i < sizeof text; i++) text[i] = (uint8_t)(i * 7 ^ i >> 3);
	constants(h);
	for (unsigned i = 0; i < sizeof text; i += 64) block(h, text + i);
	for (unsigned i = 0; i < sizeof text; i++) {
		crc ^= text[i];
		for (int j = 0; j < 8; j++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
		fnv = (fnv ^ text[i]) * 0x100000001b3;
		a = (a + text[i]) % 65521;
		b = (b + a) % 65521;
	}
	for (int i = 0; i < 8; i++) printf("%08lx", (unsigned long)h[i]);
	printf("\ncrc %08lx fnv %08lx%08lx adler %08lx\n", (unsigned long)~crc, (unsigned long)(fnv >> 32), (unsigned long)(uint32_t)fnv, (unsigned long)(b << 16 | a));
	return (int)(crc & 63);
}
