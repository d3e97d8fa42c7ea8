// Integers sorted three ways: quicksort that ends in insertion, heap sort, radix sort; all must agree.
#define ROUNDS 600
#include "platform.h"
#define N 32768
static uint32_t original[N], a[N], b[N], c[N], spare[N];

static void quicksort(uint32_t *v, int low, int high) {
	while (high - low > 12) {
		uint32_t x = v[low], y = v[low + (high - low) / 2], z = v[high];
		uint32_t pivot = x < y ? (y < z ? y : x < z ? z : x) : (x < z ? x : y < z ? z : y);
		int i = low, j = high;
		while (i <= j) {
			while (v[i] < pivot) i++;
			while (v[j] > pivot) j--;
			if (i > j) break;
			uint32_t t = v[i];
			v[i++] = v[j];
			v[j--] = t;
		}
		if (j - low < high - i) { quicksort(v, low, j); low = i; }
		else { quicksort(v, i, high); high = j; }
	}
	for (int i = low + 1; i <= high; i++) {
		uint32_t t = v[i];
		int j = i;
		for (; j > low && v[j - 1] > t; j--) v[j] = v[j - 1];
		v[j] = t;
	}
}
static void sift(uint32_t *v, int root, int end) {
	uint32_t t = v[root];
	for (int child; (child = 2 * root + 1) < end; root = child) {
		if (child + 1 < end && v[child] < v[child + 1]) child++;
		if (v[child] <= t) break;
		v[root] = v[child];
	}
	v[root] = t;
}
static void heapsort_integers(uint32_t *v) {
	for (int i = N / 2 - 1; i >= 0; i--) sift(v, i, N);
	for (int end = N - 1; end > 0; end--) {
		uint32_t t = v[0];
		v[0] = v[end];
		v[end] = t;
		sift(v, 0, end);
	}
}
static void radix_sort(uint32_t *v) {
	uint32_t *from = v, *to = spare;
	for (int shift = 0; shift < 32; shift += 8) {
		uint32_t starts[257] = {0};
		for (int i = 0; i < N; i++) starts[(from[i] >> shift & 255) + 1]++;
		for (int i = 0; i < 256; i++) starts[i + 1] += starts[i];
		for (int i = 0; i < N; i++) to[starts[from[i] >> shift & 255]++] = from[i];
		uint32_t *t = from;
		from = to;
		to = t;
	}
}
static uint32_t workload(uint32_t rounds) {
	uint32_t seed = 2463534242u, sum = 0;
	for (uint32_t round = 0; round < rounds; round++) {
		for (int i = 0; i < N; i++) original[i] = a[i] = b[i] = c[i] = next_random(&seed);
		quicksort(a, 0, N - 1);
		heapsort_integers(b);
		radix_sort(c);
		for (int i = 0; i < N; i++) if (a[i] != b[i] || a[i] != c[i]) return 0;
		sum = mix_in(mix_in(sum, a[round & (N - 1)]), a[N / 2] ^ original[0]);
	}
	return sum;
}
