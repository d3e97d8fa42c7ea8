// A hash table with chains: keys inserted, found, removed; the chains lie shuffled in memory, so each step waits for the one before.
#define ROUNDS 400
#include "platform.h"
#define NODES 65536
#define BUCKETS 16384
struct node { struct node *next; uint32_t key, value; };
static struct node nodes[NODES], *buckets[BUCKETS], *unused;

static inline uint32_t bucket_of(uint32_t key) { return (key * 2654435761u) >> 18; }
static NOINLINE struct node *find(uint32_t key) {
	struct node *n = buckets[bucket_of(key)];
	while (n && n->key != key) n = n->next;
	return n;
}
static NOINLINE void insert(uint32_t key, uint32_t value) {
	struct node *n = find(key);
	if (n) { n->value += value; return; }
	if (!unused) return;
	n = unused;
	unused = n->next;
	struct node **head = &buckets[bucket_of(key)];
	n->key = key;
	n->value = value;
	n->next = *head;
	*head = n;
}
static NOINLINE uint32_t take(uint32_t key) {
	for (struct node **at = &buckets[bucket_of(key)]; *at; at = &(*at)->next) {
		struct node *n = *at;
		if (n->key != key) continue;
		*at = n->next;
		n->next = unused;
		unused = n;
		return n->value;
	}
	return 0;
}
static uint32_t workload(uint32_t rounds) {
	uint32_t seed = 521288629u, sum = 0;
	static uint32_t order[NODES];
	for (uint32_t i = 0; i < NODES; i++) order[i] = i;
	for (uint32_t i = NODES - 1; i > 0; i--) {
		uint32_t j = next_random(&seed) % (i + 1), t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
	for (uint32_t i = 0; i < NODES; i++) { nodes[order[i]].next = unused; unused = &nodes[order[i]]; }
	for (uint32_t round = 0; round < rounds; round++) {
		for (int i = 0; i < 40000; i++) insert(next_random(&seed) & 0x1ffff, round);
		for (int i = 0; i < 120000; i++) {
			struct node *n = find(next_random(&seed) & 0x1ffff);
			if (n) sum += n->value ^ n->key;
		}
		for (int i = 0; i < 30000; i++) sum = mix_in(sum, take(next_random(&seed) & 0x1ffff));
	}
	return sum;
}
