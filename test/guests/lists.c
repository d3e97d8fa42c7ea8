// Linked lists, a binary tree and a hash table on the heap: allocation, pointer chasing, release.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
struct node { struct node *left, *right; int key, value; };
static uint32_t seed = 7;
static uint32_t next(void) { return seed = seed * 1664525u + 1013904223u; }
static struct node *insert(struct node *t, int key) {
	if (t == NULL) { t = calloc(1, sizeof *t); t->key = key; return t; }
	if (key < t->key) t->left = insert(t->left, key);
	else if (key > t->key) t->right = insert(t->right, key);
	else t->value++;
	return t;
}
static int height(const struct node *t) { if (!t) return 0; int l = height(t->left), r = height(t->right); return 1 + (l > r ? l : r); }
static long total(const struct node *t) { return t ? total(t->left) * 3 + t->key + t->value + total(t->right) : 0; }
static void release(struct node *t) { if (t) { release(t->left); release(t->right); free(t); } }
int main(void) {
	struct node *tree = NULL, *list = NULL, *buckets[64] = {0};
	for (int i = 0; i < 400; i++) tree = insert(tree, (int)(next() >> 20));
	printf("height %d total %ld\n", height(tree), total(tree) % 1000003);
	for (int i = 0; i < 200; i++) { struct node *n = calloc(1, sizeof *n); n->key = i; n->right = list; list = n; }
	struct node *reversed = NULL;
	while (list) { struct node *n = list; list = n->right; n->right = reversed; reversed = n; }
	long sum = 0;
	for (struct node *n = reversed; n; n = n->right) sum = sum * 7 + n->key;
	for (struct node *n = reversed, *after; n; n = after) { after = n->right; unsigned b = (unsigned)n->key * 2654435761u >> 26; n->left = buckets[b]; buckets[b] = n; }
	int longest = 0;
	for (int b = 0; b < 64; b++) { int l = 0; for (struct node *n = buckets[b]; n; n = n->left) l++; if (l > longest) longest = l; }
	printf("sum %ld longest %d\n", sum & 0xffffff, longest);
	release(tree);
	return longest;
}
