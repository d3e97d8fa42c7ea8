/**
 * Four processors of the board virt without any operating system: shared counters by AMO and by LR/SC, a lock, barriers, software interrupts through MSIP and
 * SSWI, a timer and an external interrupt for each, code that one changes and the others run. What it prints depends on no timing. build.sh makes harts-*.elf.
 */
typedef unsigned long word;

enum { harts = 4, rounds = 2000, rings = 20 };

#define UART ((volatile unsigned char *)0x10000000)
#define FINISHER ((volatile unsigned *)0x100000)
#define MSIP ((volatile unsigned *)0x2000000)
#define MTIMECMP ((volatile unsigned *)0x2004000)
#define MTIME ((volatile unsigned *)0x200bff8)
#define SETSSIP ((volatile unsigned *)0x2f00000)
#define PLIC 0xc000000ul
#define PLIC_PRIORITY(source) (*(volatile unsigned *)(PLIC + 4 * (source)))
#define PLIC_ENABLE(context) (*(volatile unsigned *)(PLIC + 0x2000 + 0x80 * (context)))
#define PLIC_THRESHOLD(context) (*(volatile unsigned *)(PLIC + 0x200000 + 0x1000 * (context)))
#define PLIC_CLAIM(context) (*(volatile unsigned *)(PLIC + 0x200004 + 0x1000 * (context)))
enum { uart_source = 10 };
enum { SSI = 1, MSI = 3, MTI = 7, MEI = 11 };

#define read_csr(name) ({ word value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)); value_; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((word)(value)))
#define set_csr(name, value) __asm__ volatile("csrs " #name ", %0" ::"r"((word)(value)))
#define clear_csr(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"((word)(value)))
#define fence() __asm__ volatile("fence rw, rw" ::: "memory")
#define wait_for_interrupt() __asm__ volatile("wfi")
/** Waits with interrupts off, so that none slips in between looking and waiting; then lets it in. */
#define sleep_until(condition) \
	do { \
		clear_csr(mstatus, 8); \
		while (!(condition)) { \
			wait_for_interrupt(); \
			set_csr(mstatus, 8); \
			clear_csr(mstatus, 8); \
		} \
		set_csr(mstatus, 8); \
	} while (0)

static volatile word by_amo, by_lrsc, by_lock_low, by_lock_high, lock;
static volatile word arrived, generation;
static volatile word softs[harts], supers[harts], timers[harts], externals[harts], results[harts], wrong;

static word amo_add(volatile word *at, word value) { return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST); }

/** Retries until SC succeeds. */
static void lrsc_add(volatile word *at, word value) {
	word old, failed;
	do {
		__asm__ volatile(
#if __riscv_xlen == 64
			"lr.d.aq %0, (%2)\n\tadd %0, %0, %3\n\tsc.d.rl %1, %0, (%2)"
#else
			"lr.w.aq %0, (%2)\n\tadd %0, %0, %3\n\tsc.w.rl %1, %0, (%2)"
#endif
			: "=&r"(old), "=&r"(failed)
			: "r"(at), "r"(value)
			: "memory");
	} while (failed);
}

static void acquire(void) {
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) { }
}
static void release(void) { __atomic_store_n(&lock, 0, __ATOMIC_RELEASE); }

/** All four wait here for each other. */
static void meet(void) {
	word mine = generation;
	if (amo_add(&arrived, 1) == harts - 1) {
		arrived = 0;
		fence();
		generation = mine + 1;
	} else
		while (generation == mine) { }
	fence();
}

/* ---- what hart 0 says ---------------------------------------------------------------------------------------- */

static void put(char c) {
	while ((UART[5] & 0x20) == 0) { }
	UART[0] = (unsigned char)c;
}
static void text(const char *s) {
	while (*s) put(*s++);
}
static void decimal(word n) {
	char digits[20];
	int count = 0;
	do digits[count++] = (char)('0' + n % 10);
	while (n /= 10);
	while (count) put(digits[--count]);
}
static void say(const char *what, volatile const word *values, int count) {
	text(what);
	for (int i = 0; i < count; i++) {
		put(' ');
		decimal(values[i]);
	}
	put('\n');
}

/* ---- traps --------------------------------------------------------------------------------------------------- */

static void arm(word hart, word ticks) {
	unsigned high, low;
	do {
		high = MTIME[1];
		low = MTIME[0];
	} while (high != MTIME[1]);
	unsigned long long at = ((unsigned long long)high << 32 | low) + ticks;
	MTIMECMP[2 * hart + 1] = 0xffffffff;
	MTIMECMP[2 * hart] = (unsigned)at;
	MTIMECMP[2 * hart + 1] = (unsigned)(at >> 32);
}

__attribute__((interrupt("machine"), aligned(4))) static void handler(void) {
	word hart = read_csr(mhartid), cause = read_csr(mcause);
	if ((long)cause >= 0) {
		*FINISHER = (unsigned)((100 + cause) << 16 | 0x3333);
		for (;;) { }
	}
	switch (cause & 0xff) {
	case MSI:
		MSIP[hart] = 0;
		softs[hart]++;
		break;
	case SSI:
		clear_csr(mip, 1 << SSI);
		supers[hart]++;
		break;
	case MTI:
		MTIMECMP[2 * hart + 1] = 0xffffffff;
		timers[hart]++;
		break;
	case MEI: {
		unsigned source = PLIC_CLAIM(2 * hart);
		if (source == uart_source && (UART[2] & 0xf) == 2) {
			UART[1] = 0;
			externals[hart]++;
		}
		PLIC_CLAIM(2 * hart) = source;
		break;
	}
	}
}

/* ---- what each does -------------------------------------------------------------------------------------------- */

static void counters(word hart) {
	for (int i = 0; i < rounds; i++) {
		amo_add(&by_amo, hart + 1);
		lrsc_add(&by_lrsc, hart + 1);
	}
	for (int i = 0; i < rounds / 4; i++) {
		acquire();
		by_lock_low++;
		if (by_lock_low - by_lock_high != 1) amo_add(&wrong, 1);
		by_lock_high++;
		release();
	}
}

/** Each wakes the next one, `rings` times around. */
static void ring(word hart, volatile word *seen, volatile unsigned *wire) {
	if (hart == 0) wire[1] = 1;
	for (int i = 0; i < rings; i++) {
		sleep_until(seen[hart] > (word)i);
		if (hart != 0 || i < rings - 1) wire[(hart + 1) % harts] = 1;
	}
}

static unsigned changing[] = {0x00000513, 0x00008067}; /* li a0, 0; ret */

/** Hart 0 writes another number into the code; the others run it until they have seen each number, in order. */
static void change_code(word hart) {
	static volatile word turn;
	word (*code)(void) = (word (*)(void))changing;
	word sum = 0;
	for (word n = 1; n <= 50; n++) {
		if (hart == 0) {
			((volatile unsigned *)changing)[0] = 0x00000513 | (unsigned)n << 20;
			fence();
			turn = n;
		} else
			while (turn != n) { }
		fence();
		__asm__ volatile("fence.i" ::: "memory");
		for (int i = 0; i < 20; i++) sum += code();
		meet();
	}
	results[hart] = sum;
}

static void external(word hart) {
	for (word to = 0; to < harts; to++) {
		if (hart == 0) {
			while ((UART[5] & 0x40) == 0) { }
			PLIC_PRIORITY(uart_source) = 1;
			for (word i = 0; i < harts; i++) PLIC_ENABLE(2 * i) = i == to ? 1u << uart_source : 0;
			UART[1] = 2; /* the transmitter is empty */
		}
		if (hart == to) sleep_until(externals[hart] == 1);
		meet();
	}
}

/** Does `work` on this hart; then they meet, and hart 0 prints. */
#define together(work, ...) \
	do { \
		work; \
		meet(); \
		if (hart == 0) say(__VA_ARGS__); \
		meet(); \
	} while (0)

void start(word hart) {
	write_csr(mtvec, (word)handler);
	MTIMECMP[2 * hart + 1] = 0xffffffff;
	PLIC_THRESHOLD(2 * hart) = 0;
	set_csr(mie, 1 << SSI | 1 << MSI | 1 << MTI | 1 << MEI);
	set_csr(mstatus, 8);
	meet();
	if (hart == 0) text("four processors\n");
	together(counters(hart), "amo", &by_amo, 1);
	together((void)0, "lr/sc", &by_lrsc, 1);
	together((void)0, "lock", (volatile word[]){by_lock_low, by_lock_high, wrong}, 3);
	together(ring(hart, softs, MSIP), "msip", softs, harts);
	together(ring(hart, supers, SETSSIP), "sswi", supers, harts);
	together({ arm(hart, 500 + 300 * hart); sleep_until(timers[hart] == 1); }, "timer", timers, harts);
	together(external(hart), "external", externals, harts);
	together(change_code(hart), "code", results, harts);
	if (hart == 0) *FINISHER = 0x5555;
	for (;;) wait_for_interrupt();
}

__asm__(".section .text.start\n"
	".globl _start\n"
	"_start:\n"
	"	li t0, 4\n"
	"	bgeu a0, t0, 1f\n"
	"	la sp, stacks\n"
	"	addi t0, a0, 1\n"
	"	slli t0, t0, 12\n"
	"	add sp, sp, t0\n"
	"	call start\n"
	"1:	wfi\n"
	"	j 1b\n"
	".section .bss\n"
	".balign 16\n"
	"stacks: .skip 4 * 4096\n"
	".text\n");
