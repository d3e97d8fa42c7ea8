// Fast Fourier transforms of 4,096 complex doubles, there and back; the roots of unity are computed by halving angles.
#define ROUNDS 2400
#include "platform.h"
#define BITS 12
#define N (1 << BITS)
static double re[N], im[N], cosine[N / 2], sine[N / 2];

/** cos and sin of 2 pi k / N by products of those of halved angles. */
static void roots(void) {
	double c[BITS], s[BITS];
	c[0] = -1; // of pi
	s[0] = 0;
	for (int i = 1; i < BITS; i++) {
		c[i] = i == 1 ? 0 : __builtin_sqrt((1 + c[i - 1]) / 2);
		s[i] = i == 1 ? 1 : s[i - 1] / (2 * c[i]);
	}
	for (int k = 0; k < N / 2; k++) {
		double x = 1, y = 0;
		for (int bit = 0; bit < BITS; bit++)
			if (k >> bit & 1) {
				double cb = c[BITS - 1 - bit], sb = s[BITS - 1 - bit], t = x * cb - y * sb;
				y = x * sb + y * cb;
				x = t;
			}
		cosine[k] = x;
		sine[k] = y;
	}
}
static NOINLINE void transform(int back) {
	for (int i = 1, j = 0; i < N; i++) {
		int bit = N >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) {
			double t = re[i];
			re[i] = re[j];
			re[j] = t;
			t = im[i];
			im[i] = im[j];
			im[j] = t;
		}
	}
	for (int half = 1; half < N; half *= 2)
		for (int start = 0; start < N; start += 2 * half)
			for (int k = 0; k < half; k++) {
				int a = start + k, b = a + half, at = k * (N / 2 / half);
				double c = cosine[at], s = back ? -sine[at] : sine[at];
				double x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
				re[b] = re[a] - x;
				im[b] = im[a] - y;
				re[a] += x;
				im[a] += y;
			}
}
static uint32_t workload(uint32_t rounds) {
	uint32_t seed = 99u, sum = 0;
	roots();
	for (int i = 0; i < N; i++) re[i] = (double)(next_random(&seed) >> 8) / 16777216.0 - 0.5;
	for (uint32_t round = 0; round < rounds; round++) {
		transform(0);
		sum = mix_double(sum, re[round % N]);
		re[0] += 1.0;
		transform(1);
		for (int i = 0; i < N; i++) {
			re[i] *= 1.0 / N;
			im[i] *= 1.0 / N;
		}
		sum = mix_double(sum, im[(round * 17 + 5) % N]);
	}
	return sum;
}
