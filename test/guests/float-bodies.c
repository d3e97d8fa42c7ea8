// Five bodies under gravity, double precision: division, square root, fused multiply-add; energy before and after.
#include <math.h>
#include <stdio.h>
static double p[5][3] = {{0, 0, 0}, {4.84, -1.16, -0.10}, {8.34, 4.12, -0.40}, {12.89, -15.11, -0.22}, {15.37, -25.91, 0.17}};
static double v[5][3] = {{0, 0, 0}, {0.606, 2.81, -0.02}, {-1.01, 1.82, 0.008}, {1.08, 0.868, -0.01}, {0.979, 0.594, -0.034}};
static const double m[5] = {39.47, 0.037, 0.011, 0.0017, 0.002};
static double energy(void) {
	double e = 0;
	for (int i = 0; i < 5; i++) {
		e += 0.5 * m[i] * (v[i][0] * v[i][0] + v[i][1] * v[i][1] + v[i][2] * v[i][2]);
		for (int j = i + 1; j < 5; j++) { double d = 0; for (int k = 0; k < 3; k++) d += (p[i][k] - p[j][k]) * (p[i][k] - p[j][k]); e -= m[i] * m[j] / sqrt(d); }
	}
	return e;
}
int main(void) {
	double first = energy();
	for (int step = 0; step < 200; step++) {
		for (int i = 0; i < 5; i++) for (int j = i + 1; j < 5; j++) {
			double d[3], s = 0;
			for (int k = 0; k < 3; k++) { d[k] = p[i][k] - p[j][k]; s += d[k] * d[k]; }
			double g = 0.01 / (s * sqrt(s));
			for (int k = 0; k < 3; k++) { v[i][k] -= d[k] * m[j] * g; v[j][k] += d[k] * m[i] * g; }
		}
		for (int i = 0; i < 5; i++) for (int k = 0; k < 3; k++) p[i][k] += 0.01 * v[i][k];
	}
	printf("%.17g %.17g %a\n", first, energy(), p[1][0]);
	return 0;
}
