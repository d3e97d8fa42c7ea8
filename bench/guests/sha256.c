// SHA-256 (FIPS 180-4) of a message, again and again, each time with the last digest written into it.
#define ROUNDS 24000
#include "platform.h"
#define BYTES 16384
static uint8_t message[BYTES + 128];
static uint32_t digest[8];
static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
	0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static inline uint32_t rotated(uint32_t x, int n) { return x >> n | x << (32 - n); }

static NOINLINE void compress(uint32_t *h, const uint8_t *block) {
	uint32_t w[64], v[8];
	for (int i = 0; i < 16; i++) w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + w[i - 7] + (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
	}
	for (int i = 0; i < 8; i++) v[i] = h[i];
	for (int i = 0; i < 64; i++) {
		uint32_t e = v[4], a = v[0];
		uint32_t one = v[7] + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + constants[i] + w[i];
		uint32_t two = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
		v[7] = v[6];
		v[6] = v[5];
		v[5] = e;
		v[4] = v[3] + one;
		v[3] = v[2];
		v[2] = v[1];
		v[1] = a;
		v[0] = one + two;
	}
	for (int i = 0; i < 8; i++) h[i] += v[i];
}
/** The message's first `bytes` bytes; what pads them is written behind them. */
static void hash(uint32_t bytes) {
	uint32_t end = (bytes + 9 + 63) & ~63u;
	for (uint32_t i = bytes; i < end; i++) message[i] = 0;
	message[bytes] = 0x80;
	for (int i = 0; i < 4; i++) message[end - 1 - i] = (uint8_t)(bytes * 8 >> 8 * i);
	for (int i = 0; i < 8; i++) digest[i] = initial[i];
	for (uint32_t at = 0; at < end; at += 64) compress(digest, message + at);
}
static uint32_t workload(uint32_t rounds) {
	// the standard's own example first
	message[0] = 'a';
	message[1] = 'b';
	message[2] = 'c';
	hash(3);
	if (digest[0] != 0xba7816bf || digest[7] != 0xf20015ad) return 0;
	for (int i = 0; i < BYTES; i++) message[i] = (uint8_t)(i * 7 + (i >> 8));
	for (uint32_t round = 0; round < rounds; round++) {
		hash(BYTES);
		for (int i = 0; i < 32; i++) message[(round * 32 + i) % BYTES] = (uint8_t)(digest[i / 4] >> 8 * (i & 3));
	}
	return digest[0];
}
