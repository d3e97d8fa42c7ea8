// String work: search, reverse, tokenise, edit distance, every alignment of memcpy and memmove.
#include <stdio.h>
#include <string.h>
#include <ctype.h>
static int distance(const char *a, const char *b) {
	int row[64], n = (int)strlen(b);
	for (int j = 0; j <= n; j++) row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= n; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best) best = row[j] + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}
int main(void) {
	char text[] = "the quick brown fox jumps over the lazy dog", copy[64], *save = NULL;
	unsigned char from[96], to[96];
	int words = 0, sum = 0;
	strcpy(copy, text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) { w[0] = (char)toupper((unsigned char)w[0]); printf("%s.", w); words++; }
	printf("\n%d words, fox at %d, last o at %d, span %d\n", words, (int)(strstr(text, "fox") - text), (int)(strrchr(text, 'o') - text), (int)strcspn(text, "xyz"));
	for (int i = 0; i < 96; i++) from[i] = (unsigned char)(i * 5 + 1);
	for (int a = 0; a < 9; a++)
		for (int b = 0; b < 9; b++)
			for (int n = 0; n < 40; n += 3) {
				memset(to, 0, sizeof to);
				memcpy(to + b, from + a, n);
				memmove(to + b + 3, to + b, n);
				for (int i = 0; i < 64; i++) sum = sum * 3 + to[i];
			}
	printf("sum %d, distance %d, compare %d %d\n", sum, distance("kitten on a mat", "sitting at a man"), strcmp("abc", "abd") < 0, strncmp("abcx", "abcy", 3));
	return words;
}
