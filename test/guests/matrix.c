// Matrix product, Gaussian elimination modulo a prime, fixed-point trigonometry, soft floating point.
#include <stdint.h>
#include <stdio.h>
#define N 12
static int32_t a[N][N], b[N][N], c[N][N];
static uint32_t power(uint64_t x, uint32_t n, uint32_t m) { uint64_t r = 1; for (; n; n >>= 1, x = x * x % m) if (n & 1) r = r * x % m; return (uint32_t)r; }
int main(void) {
	const uint32_t p = 65537;
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { a[i][j] = (i * 7 + j * 3) % 11 - 5; b[i][j] = (i * j) % 13 - 6; }
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { int32_t s = 0; for (int k = 0; k < N; k++) s += a[i][k] * b[k][j]; c[i][j] = s; }
	long trace = 0;
	for (int i = 0; i < N; i++) trace += c[i][i];
	uint32_t m[6][6], det = 1;
	for (int i = 0; i < 6; i++) for (int j = 0; j < 6; j++) m[i][j] = (uint32_t)(power(i + 2, j, p) + (i == j) * 3) % p;
	for (int i = 0; i < 6; i++) {
		det = (uint32_t)((uint64_t)det * m[i][i] % p);
		uint32_t inverse = power(m[i][i], p - 2, p);
		for (int r = i + 1; r < 6; r++) { uint32_t f = (uint32_t)((uint64_t)m[r][i] * inverse % p); for (int k = i; k < 6; k++) m[r][k] = (uint32_t)((m[r][k] + (uint64_t)(p - f) * m[i][k]) % p); }
	}
	double x = 1.0; // soft floating point
	for (int i = 0; i < 20; i++) x = 0.5 * (x + 2.0 / x) + (i == 10 ? 0.25 : 0.0);
	printf("trace %ld det %lu root %ld\n", trace, (unsigned long)det, (long)(x * 1e8));
	return (int)(det & 63);
}
