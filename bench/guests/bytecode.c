// A stack machine's byte code, carried out through a switch: indirect jumps. Its programs: a sieve, greatest common divisors, Collatz lengths.
#define ROUNDS 2400
#include "platform.h"
enum { HALT, PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, AND, SHR, LESS, EQUAL, DUP, SWAP, DROP, JUMP, JUMP_IF, GET, PUT, OUT, INC };
#define CELLS 2048

/** Primes below CELLS. Variables: 0 candidate, 1 multiple. */
static const int16_t sieve[] = { PUSH, 2, STORE, 0, LOAD, 0, PUSH, CELLS, LESS, JUMP_IF, 12, HALT, LOAD, 0, GET, JUMP_IF, 49, LOAD, 0, OUT, LOAD, 0, DUP, ADD, STORE, 1, LOAD, 1, PUSH, CELLS, LESS, JUMP_IF, 35, JUMP, 49, PUSH, 1, LOAD, 1, PUT, LOAD, 1, LOAD, 0, ADD, STORE, 1, JUMP, 26, INC, 0, JUMP, 4 };
/** Greatest common divisors of 1 to 99 with the input. Variables: 0 counter, 2 input, 3 and 4 the two numbers. */
static const int16_t divisors[] = { PUSH, 1, STORE, 0, LOAD, 0, STORE, 3, LOAD, 2, STORE, 4, LOAD, 4, PUSH, 0, EQUAL, JUMP_IF, 32, LOAD, 3, LOAD, 4, MOD, LOAD, 4, STORE, 3, STORE, 4, JUMP, 12, LOAD, 3, OUT, INC, 0, LOAD, 0, PUSH, 100, LESS, JUMP_IF, 4, HALT };
/** How long the input takes to come to 1. Variables: 2 input, 5 length. */
static const int16_t collatz[] = { PUSH, 0, STORE, 5, LOAD, 2, PUSH, 1, EQUAL, JUMP_IF, 40, INC, 5, LOAD, 2, PUSH, 1, AND, JUMP_IF, 29, LOAD, 2, PUSH, 1, SHR, STORE, 2, JUMP, 4, LOAD, 2, PUSH, 3, MUL, STORE, 2, INC, 2, JUMP, 4, LOAD, 5, OUT, HALT };
static uint8_t cells[CELLS];

static NOINLINE uint32_t execute(const int16_t *code, uint32_t input) {
	uint32_t stack[16], variables[8] = {0}, out = 0, *top = stack;
	const int16_t *at = code;
	variables[2] = input;
	for (;;) {
		switch (*at++) {
		case HALT: return out;
		case PUSH: *++top = (uint32_t)*at++; break;
		case LOAD: *++top = variables[*at++]; break;
		case STORE: variables[*at++] = *top--; break;
		case ADD: top--; top[0] += top[1]; break;
		case SUB: top--; top[0] -= top[1]; break;
		case MUL: top--; top[0] *= top[1]; break;
		case MOD: top--; top[0] %= top[1]; break;
		case AND: top--; top[0] &= top[1]; break;
		case SHR: top--; top[0] >>= top[1]; break;
		case LESS: top--; top[0] = top[0] < top[1]; break;
		case EQUAL: top--; top[0] = top[0] == top[1]; break;
		case DUP: top++; top[0] = top[-1]; break;
		case SWAP: { uint32_t t = top[0]; top[0] = top[-1]; top[-1] = t; break; }
		case DROP: top--; break;
		case JUMP: at = code + *at; break;
		case JUMP_IF: at = *top-- ? code + *at : at + 1; break;
		case GET: *top = cells[*top]; break;
		case PUT: top -= 2; cells[top[2]] = (uint8_t)top[1]; break;
		case OUT: out = mix_in(out, *top--); break;
		case INC: variables[*at++]++; break;
		}
	}
}
static uint32_t workload(uint32_t rounds) {
	uint32_t sum = 0, seed = 88172645u;
	for (uint32_t round = 0; round < rounds; round++) {
		for (int i = 0; i < CELLS; i++) cells[i] = 0;
		sum = mix_in(sum, execute(sieve, 0));
		for (int i = 0; i < 8; i++) sum = mix_in(sum, execute(divisors, next_random(&seed) >> 8 | 1));
		for (int i = 0; i < 40; i++) sum = mix_in(sum, execute(collatz, (next_random(&seed) & 0xffff) | 1));
	}
	return sum;
}
