// Quick, heap, merge, shell and radix sort over the same numbers; all must agree.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define N 600
static uint32_t input[N], work[N], scratch[N], reference[N];
static int compare(const void *a, const void *b) { uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b; return (x > y) - (x < y); }
static void quick(uint32_t *v, int lo, int hi) {
	while (lo < hi) {
		uint32_t pivot = v[(lo + hi) / 2];
		int i = lo, j = hi;
		while (i <= j) {
			while (v[i] < pivot) i++;
			while (v[j] > pivot) j--;
			if (i <= j) { uint32_t t = v[i]; v[i++] = v[j]; v[j--] = t; }
		}
		if (j - lo < hi - i) { quick(v, lo, j); lo = i; } else { quick(v, i, hi); hi = j; }
	}
}
static void sift(uint32_t *v, int root, int n) {
	for (int child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && v[child] < v[child + 1]) child++;
		if (v[root] >= v[child]) return;
		uint32_t t = v[root]; v[root] = v[child]; v[child] = t;
	}
}
static void heap(uint32_t *v) {
	for (int i = N / 2; i-- > 0;) sift(v, i, N);
	for (int i = N; i-- > 1;) { uint32_t t = v[0]; v[0] = v[i]; v[i] = t; sift(v, 0, i); }
}
static void merge(uint32_t *v, int lo, int hi) {
	if (hi - lo < 2) return;
	int mid = (lo + hi) / 2, i = lo, j = mid, k = lo;
	merge(v, lo, mid);
	merge(v, mid, hi);
	while (k < hi) scratch[k++] = j == hi || (i < mid && v[i] <= v[j]) ? v[i++] : v[j++];
	memcpy(v + lo, scratch + lo, (hi - lo) * sizeof *v);
}
static void shell(uint32_t *v) {
	for (int gap = N / 2; gap > 0; gap /= 2)
		for (int i = gap; i < N; i++) {
			uint32_t x = v[i];
			int j = i;
			for (; j >= gap && v[j - gap] > x; j -= gap) v[j] = v[j - gap];
			v[j] = x;
		}
}
static void radix(uint32_t *v) {
	for (int shift = 0; shift < 32; shift += 8) {
		unsigned count[257] = {0};
		for (int i = 0; i < N; i++) count[((v[i] >> shift) & 255) + 1]++;
		for (int i = 0; i < 256; i++) count[i + 1] += count[i];
		for (int i = 0; i < N; i++) scratch[count[(v[i] >> shift) & 255]++] = v[i];
		memcpy(v, scratch, sizeof scratch);
	}
}
int main(void) {
	uint32_t seed = 1, bad = 0, sum = 0;
	for (int i = 0; i < N; i++) input[i] = seed = seed * 1664525u + 1013904223u;
	memcpy(reference, input, sizeof input);
	qsort(reference, N, sizeof *reference, compare);
	for (int which = 0; which < 5; which++) {
		memcpy(work, input, sizeof input);
		switch (which) {
		case 0: quick(work, 0, N - 1); break;
		case 1: heap(work); break;
		case 2: merge(work, 0, N); break;
		case 3: shell(work); break;
		default: radix(work);
		}
		bad += memcmp(work, reference, sizeof work) != 0;
	}
	for (int i = 0; i < N; i++) sum = sum * 33 + reference[i];
	printf("sorted, %lu bad, sum %lu, first %lu, last %lu\n", (unsigned long)bad, (unsigned long)sum, (unsigned long)reference[0], (unsigned long)reference[N - 1]);
	return (int)bad;
}
