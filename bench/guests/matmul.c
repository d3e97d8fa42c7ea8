// Matrices of doubles multiplied: a[i][k] * b[k][j] added up, contracted to fused multiply-add where the compiler does so.
#define ROUNDS 200
#include "platform.h"
#define N 144
static double a[N][N], b[N][N], c[N][N];
static NOINLINE void multiply(void) {
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			double sum = 0;
			for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
			c[i][j] = sum;
		}
}
static uint32_t workload(uint32_t rounds) {
	uint32_t seed = 12345u, sum = 0;
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = (double)(next_random(&seed) >> 8) / 1e7 - 0.8;
			b[i][j] = (double)(next_random(&seed) >> 8) / 3e7 - 0.2;
		}
	for (uint32_t round = 0; round < rounds; round++) {
		multiply();
		for (int i = 0; i < N; i++) {
			sum = mix_double(sum, c[i][(i * 7 + (int)round) % N]);
			for (int j = 0; j < N; j++) a[i][j] = c[i][j] * 0.05 + b[j][i];
		}
	}
	return sum;
}
