// Files through semihosting: write, read back, seek, append, remove; the console by character.
#include <stdio.h>
#include <string.h>
int main(void) {
	char line[64];
	FILE *f = fopen("guest.txt", "w");
	if (!f) { printf("no file\n"); return 1; }
	for (int i = 0; i < 20; i++) fprintf(f, "line %d of the guest\n", i);
	fclose(f);
	f = fopen("guest.txt", "r");
	int lines = 0;
	long bytes = 0;
	while (fgets(line, sizeof line, f)) { lines++; bytes += (long)strlen(line); }
	fseek(f, 5, SEEK_SET);
	int c = fgetc(f);
	fclose(f);
	f = fopen("guest.txt", "a");
	fputs("tail\n", f);
	fclose(f);
	f = fopen("guest.txt", "r");
	fseek(f, bytes, SEEK_SET);
	if (!fgets(line, sizeof line, f)) strcpy(line, "none\n");
	fclose(f);
	printf("%d lines %ld bytes, '%c', %s", lines, bytes, c, line);
	int gone = remove("guest.txt");
	f = fopen("guest.txt", "r");
	printf("removed %d, open again %d\n", gone, f != NULL);
	for (const char *s = "by character\n"; *s; s++) putchar(*s);
	return lines;
}
