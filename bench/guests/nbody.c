// Bodies that attract each other, in doubles: differences, a square root and a division a pair, leapfrog steps.
#define ROUNDS 3000000
#include "platform.h"
#define BODIES 6
struct body { double x, y, z, vx, vy, vz, mass; };
static struct body bodies[BODIES];

static NOINLINE void step(double dt) {
	for (int i = 0; i < BODIES; i++) {
		struct body *a = &bodies[i];
		for (int j = i + 1; j < BODIES; j++) {
			struct body *b = &bodies[j];
			double dx = b->x - a->x, dy = b->y - a->y, dz = b->z - a->z;
			double square = dx * dx + dy * dy + dz * dz + 0.01;
			double pull = dt / (square * __builtin_sqrt(square));
			a->vx += dx * b->mass * pull;
			a->vy += dy * b->mass * pull;
			a->vz += dz * b->mass * pull;
			b->vx -= dx * a->mass * pull;
			b->vy -= dy * a->mass * pull;
			b->vz -= dz * a->mass * pull;
		}
	}
	for (int i = 0; i < BODIES; i++) {
		struct body *a = &bodies[i];
		a->x += a->vx * dt;
		a->y += a->vy * dt;
		a->z += a->vz * dt;
	}
}
static uint32_t workload(uint32_t rounds) {
	uint32_t seed = 4242u, sum = 0;
	for (int i = 0; i < BODIES; i++) {
		double *p = &bodies[i].x;
		for (int n = 0; n < 6; n++) p[n] = ((double)(next_random(&seed) >> 8) / 8388608.0 - 1.0) * (n < 3 ? 4.0 : 0.25);
		bodies[i].mass = i == 0 ? 4.0 : 0.1 * i;
	}
	for (uint32_t round = 0; round < rounds; round++) {
		step(0.001);
		if ((round & 1023) == 0) sum = mix_double(sum, bodies[round >> 10 & 3].x);
	}
	for (int i = 0; i < BODIES; i++) sum = mix_double(sum, bodies[i].vy);
	return sum;
}
