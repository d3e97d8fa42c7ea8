// A CoreMark-like mix of our own: linked lists, matrices, a state machine and a CRC over everything.
#define ROUNDS 160000
#include "platform.h"
#define NODES 96
#define N 10
struct node { struct node *next; int16_t key, value; };
static struct node pool[NODES];
static int16_t a[N][N], b[N][N];
static int32_t c[N][N];
static const char text[] = "5012,+1.5e3,-0.7,x12,99,1e,+,0.001,T,-5e-5,123456,";

static uint16_t crc16(uint16_t crc, uint32_t data) {
	for (int i = 0; i < 32; i++, data >>= 1) crc = (uint16_t)(crc >> 1 ^ (((crc ^ data) & 1) ? 0xa001 : 0));
	return crc;
}

static struct node *reverse(struct node *list) {
	struct node *done = NULL;
	while (list) { struct node *next = list->next; list->next = done; done = list; list = next; }
	return done;
}
static struct node *merge_sort(struct node *list, int (*before)(const struct node *, const struct node *)) {
	for (int width = 1;; width *= 2) {
		struct node *p = list, *tail = NULL;
		int merges = 0;
		list = NULL;
		while (p) {
			struct node *q = p;
			int left = 0, right = width;
			merges++;
			while (left < width && q) { left++; q = q->next; }
			while (left > 0 || (right > 0 && q)) {
				struct node *e;
				if (left == 0) { e = q; q = q->next; right--; }
				else if (right == 0 || !q || before(p, q)) { e = p; p = p->next; left--; }
				else { e = q; q = q->next; right--; }
				if (tail) tail->next = e; else list = e;
				tail = e;
			}
			p = q;
		}
		tail->next = NULL;
		if (merges <= 1) return list;
	}
}
static int by_key(const struct node *x, const struct node *y) { return x->key <= y->key; }
static int by_value(const struct node *x, const struct node *y) { return x->value <= y->value; }
static uint16_t lists(uint16_t crc, int round) {
	struct node *list = NULL;
	for (int i = 0; i < NODES; i++) {
		pool[i].key = (int16_t)((i * 73 + round) % 101);
		pool[i].value = (int16_t)((i * 37 ^ round) & 0x7f);
		pool[i].next = list;
		list = &pool[i];
	}
	list = merge_sort(list, by_key);
	list = reverse(list);
	list = merge_sort(list, by_value);
	for (struct node *n = list; n; n = n->next) crc = (uint16_t)(crc * 33 + n->key + n->value);
	return crc16(crc, (uint32_t)list->key);
}
static uint16_t matrices(uint16_t crc, int round) {
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) { a[i][j] = (int16_t)(i * j + round); b[i][j] = (int16_t)(i - j - round); }
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			int32_t sum = 0;
			for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
			c[i][j] = sum;
		}
	int32_t total = 0;
	for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) total += c[i][j] >> 2 & 0x1f;
	return crc16(crc, (uint32_t)total);
}
static uint16_t machine(uint16_t crc, int round) {
	enum { START, SIGN, INTEGER, FRACTION, EXPONENT, EXPONENT_SIGN, BAD, STATES };
	uint32_t counts[STATES] = {0};
	int state = START;
	for (const char *p = text; *p; p++) {
		char ch = *p;
		if ((p - text) % 7 == round % 7 && ch != ',') ch ^= 1;
		if (ch == ',') { counts[state]++; state = START; continue; }
		int digit = ch >= '0' && ch <= '9';
		switch (state) {
		case START: state = digit ? INTEGER : ch == '+' || ch == '-' ? SIGN : BAD; break;
		case SIGN: state = digit ? INTEGER : BAD; break;
		case INTEGER: state = digit ? INTEGER : ch == '.' ? FRACTION : ch == 'e' ? EXPONENT : BAD; break;
		case FRACTION: state = digit ? FRACTION : ch == 'e' ? EXPONENT : BAD; break;
		case EXPONENT: state = digit || ch == '-' || ch == '+' ? EXPONENT_SIGN : BAD; break;
		case EXPONENT_SIGN: state = digit ? EXPONENT_SIGN : BAD; break;
		}
	}
	for (int i = 0; i < STATES; i++) crc = crc16(crc, counts[i]);
	return crc;
}
static uint32_t workload(uint32_t rounds) {
	uint16_t crc = 0;
	for (uint32_t round = 0; round < rounds; round++) {
		crc = lists(crc, (int)round);
		crc = matrices(crc, (int)round);
		crc = machine(crc, (int)round);
	}
	return crc;
}
