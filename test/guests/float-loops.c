// Floating point in loops: matrix product with fused multiply-add, Mandelbrot, a fast Fourier transform and its inverse, in both precisions.
#include <math.h>
#include <stdio.h>
#define N 14
#define F 64
static double a[N][N], b[N][N], c[N][N];
static float re[F], im[F];
static void transform(float sign) {
	for (int i = 1, j = 0; i < F; i++) {
		int bit = F >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) { float t = re[i]; re[i] = re[j]; re[j] = t; t = im[i]; im[i] = im[j]; im[j] = t; }
	}
	for (int length = 2; length <= F; length *= 2)
		for (int i = 0; i < F; i += length)
			for (int k = 0; k < length / 2; k++) {
				float angle = sign * 6.2831853f * (float)k / (float)length, cr = cosf(angle), ci = sinf(angle);
				float ur = re[i + k], ui = im[i + k], vr = re[i + k + length / 2] * cr - im[i + k + length / 2] * ci, vi = re[i + k + length / 2] * ci + im[i + k + length / 2] * cr;
				re[i + k] = ur + vr; im[i + k] = ui + vi; re[i + k + length / 2] = ur - vr; im[i + k + length / 2] = ui - vi;
			}
}
int main(void) {
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { a[i][j] = 1.0 / (i + j + 1); b[i][j] = (i * 3 - j) / 7.0; }
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { double s = 0; for (int k = 0; k < N; k++) s += a[i][k] * b[k][j]; c[i][j] = s; }
	double trace = 0;
	for (int i = 0; i < N; i++) trace += c[i][i];
	long inside = 0;
	for (int y = 0; y < 24; y++) for (int x = 0; x < 48; x++) {
		double cr = x / 16.0 - 2.0, ci = y / 12.0 - 1.0, zr = 0, zi = 0;
		int n = 0;
		while (zr * zr + zi * zi <= 4 && n < 60) { double t = zr * zr - zi * zi + cr; zi = 2 * zr * zi + ci; zr = t; n++; }
		inside += n;
	}
	for (int i = 0; i < F; i++) { re[i] = (float)((i * 37) % 11) - 5.0f; im[i] = 0.25f * (float)(i & 3); }
	float before = re[5];
	transform(-1);
	float peak = 0;
	for (int i = 0; i < F; i++) { float p = sqrtf(re[i] * re[i] + im[i] * im[i]); if (p > peak) peak = p; }
	transform(1);
	printf("trace %.17g inside %ld peak %a back %.9g of %g\n", trace, inside, peak, re[5] / F, before);
	return (int)(inside & 63);
}
