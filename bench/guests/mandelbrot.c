// The Mandelbrot set in doubles: z = z * z + c until it leaves, multiply and add contracted where the compiler does so.
#define ROUNDS 100
#include "platform.h"
#define SIZE 128
#define LIMIT 200
static NOINLINE int steps(double x, double y) {
	double a = 0, b = 0;
	int n = 0;
	while (n < LIMIT && a * a + b * b < 4.0) {
		double t = a * a - b * b + x;
		b = 2 * a * b + y;
		a = t;
		n++;
	}
	return n;
}
static uint32_t workload(uint32_t rounds) {
	uint32_t sum = 0;
	double width = 3.0;
	for (uint32_t round = 0; round < rounds; round++) {
		for (int row = 0; row < SIZE; row++)
			for (int column = 0; column < SIZE; column++)
				sum += (uint32_t)steps(-0.7436 + (column - SIZE / 2) * width / SIZE, 0.1318 + (row - SIZE / 2) * width / SIZE) * (uint32_t)(row ^ column);
		sum = mix_in(sum, round);
		width *= 0.9;
		if (width < 0.01) width = 3.0;
	}
	return sum;
}
