// Dhrystone-like: records copied and linked, short texts compared and copied, small procedures called with results through pointers, branches on enumerations.
#define ROUNDS 30000000
#include "platform.h"
enum kind { ORDER, INVOICE, RETURN, NOTE, KINDS };
struct record {
	struct record *link;
	enum kind kind;
	int quantity;
	int history[6];
	char label[32];
};
static struct record first, second, *current;
static int table[32][32], row[32], balance;
static char last_label[32];
static const char labels[4][32] = { "RECORD FOR PART NUMBER 0001", "RECORD FOR PART NUMBER 0002", "RECORD FOR PART NAMBER 0003", "ORDER" };

static NOINLINE void copy_text(char *to, const char *from) { while ((*to++ = *from++)) {} }
static NOINLINE int compare_text(const char *a, const char *b) {
	while (*a && *a == *b) { a++; b++; }
	return (unsigned char)*a - (unsigned char)*b;
}
static NOINLINE enum kind follow(enum kind kind, int quantity) {
	switch (kind) {
	case ORDER: return quantity > 100 ? INVOICE : ORDER;
	case INVOICE: return quantity & 1 ? RETURN : NOTE;
	case RETURN: return ORDER;
	default: return quantity % 7 == 0 ? INVOICE : NOTE;
	}
}
static NOINLINE void add_to(int a, int b, int *result) { *result = a + b + 2; }
static NOINLINE void post(int *line, int (*grid)[32], int at, int value) {
	line[at] = value;
	line[at + 1] = line[at];
	line[at + 4] = at;
	for (int i = at; i <= at + 1; i++) grid[at][i] = line[at];
	grid[at][at - 1]++;
	balance += grid[at + 2][at] + 5;
	grid[at + 2][at] = line[at];
}
static NOINLINE void update(struct record *r) {
	struct record *next = r->link;
	*next = *r;
	next->link = r;
	next->quantity = r->quantity + 3;
	next->kind = follow(r->kind, next->quantity);
	add_to(next->quantity, balance & 15, &next->history[next->quantity & 3]);
	if (next->kind == r->kind) copy_text(next->label, labels[next->quantity & 3]);
	current = next;
}
static uint32_t workload(uint32_t rounds) {
	uint32_t sum = 0;
	first.link = &second;
	second.link = &first;
	first.quantity = 40;
	copy_text(first.label, labels[0]);
	current = &first;
	for (uint32_t round = 0; round < rounds; round++) {
		int amount = 2, other = 3;
		copy_text(last_label, labels[round & 3]);
		while (amount < other) {
			add_to(amount, other, &amount);
			other = 5 * amount - other - amount * 4 + 6;
		}
		post(row, table, 8 + ((int)round & 7), amount + (int)round);
		update(current);
		if (compare_text(current->label, last_label) == 0) balance ^= (int)round;
		else balance = balance * 3 + current->kind;
		if (current->quantity > 1000) current->quantity = (int)(round & 63);
		other = other * amount / (current->quantity | 1);
		sum = mix_in(sum, (uint32_t)(balance + other + current->history[round & 3]));
	}
	return sum;
}
