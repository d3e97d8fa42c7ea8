// A byte-code interpreter with a dense switch (a jump table) that computes primes and a checksum.
#include <stdio.h>
enum { PUSH, ADD, SUB, MUL, MOD, DUP, SWAP, OVER, DROP, LT, JZ, JMP, LOAD, STORE, PRINT, HALT };
static const short program[] = {
	PUSH, 2, STORE, 0, // candidate
	PUSH, 2, STORE, 1, // 4: divisor
	LOAD, 1, LOAD, 1, MUL, LOAD, 0, SWAP, LT, JZ, 24, JMP, 41, HALT, HALT, HALT, // 8: divisor^2 > candidate: prime
	LOAD, 0, LOAD, 1, MOD, JZ, 50, LOAD, 1, PUSH, 1, ADD, STORE, 1, JMP, 8, HALT, // 24: next divisor
	LOAD, 2, LOAD, 0, ADD, STORE, 2, JMP, 50, // 41: prime: sum it
	LOAD, 0, PUSH, 1, ADD, DUP, STORE, 0, PUSH, 300, SWAP, SUB, JZ, 67, JMP, 4, // 50: next candidate
	HALT, LOAD, 2, PRINT, HALT,
};
static long run(const short *code, unsigned *steps) {
	long stack[32], memory[8] = {0}, result = 0;
	int sp = 0, ip = 0;
	for (;;) {
		++*steps;
		switch (code[ip++]) {
		case PUSH: stack[sp++] = code[ip++]; break;
		case ADD: sp--; stack[sp - 1] += stack[sp]; break;
		case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
		case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
		case MOD: sp--; stack[sp - 1] %= stack[sp]; break;
		case DUP: stack[sp] = stack[sp - 1]; sp++; break;
		case SWAP: { long t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break; }
		case OVER: stack[sp] = stack[sp - 2]; sp++; break;
		case DROP: sp--; break;
		case LT: sp--; stack[sp - 1] = stack[sp - 1] < stack[sp]; break;
		case JZ: if (stack[--sp] == 0) ip = code[ip]; else ip++; break;
		case JMP: ip = code[ip]; break;
		case LOAD: stack[sp++] = memory[code[ip++]]; break;
		case STORE: memory[code[ip++]] = stack[--sp]; break;
		case PRINT: result = stack[--sp]; printf("sum of primes %ld\n", result); break;
		default: return result != 0 ? result : memory[2];
		}
	}
}
int main(void) {
	unsigned steps = 0;
	long result = run(program, &steps);
	printf("result %ld steps %u\n", result, steps);
	return (int)(steps & 63);
}
