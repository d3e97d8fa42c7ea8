/**
 * The guest that comes with doppel: no library, no operating system. It prints over the UART, takes timer interrupts, runs a program in user mode behind
 * physical memory protection, traps what that program may not do, and ends through the test finisher. `npm run guests` builds guest.elf from it.
 */
typedef unsigned long word;
typedef unsigned char byte;

#define UART ((volatile byte *)0x10000000)
#define FINISHER ((volatile unsigned *)0x100000)
#define MTIMECMP ((volatile unsigned long *)0x02004000)
#define MTIME ((volatile unsigned long *)0x0200bff8)
#define RAM 0x80000000ul
#define RAM_BYTES 0x200000ul

#define read_csr(name) ({ word value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)); value_; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((word)(value)))
#define set_csr(name, value) __asm__ volatile("csrs " #name ", %0" ::"r"((word)(value)))

enum { tick_interval = 100000 }; /* of mtime: 10 ms */
enum { limit = 1000000 };
enum { say = 1, leave = 2 };

/* ---- machine mode: console ---------------------------------------------------------------------------------- */

static void put(char c) {
	while ((UART[5] & 0x20) == 0) { }
	UART[0] = (byte)c;
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

static void hexadecimal(word n, int digits) {
	text("0x");
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) put("0123456789abcdef"[(n >> shift) & 15]);
}

/* ---- machine mode: traps ------------------------------------------------------------------------------------ */

struct frame {
	word pc;
	word x[31]; /* x1.. */
};

static volatile word ticks;
static word refused;

void machine_return(void);

/** Called by trap_entry with the interrupted program's registers; what it changes there is what the program goes on with. */
void handle(struct frame *frame) {
	word cause = read_csr(mcause);
	if (cause == (1ul << 63 | 7)) {
		ticks++;
		*MTIMECMP += tick_interval;
	} else if (cause == 8) {
		word call = frame->x[16];
		if (call == say) text((const char *)frame->x[9]);
		else if (call == leave) {
			/* back to machine_main, in machine mode */
			set_csr(mstatus, 3 << 11);
			frame->pc = (word)machine_return;
			return;
		}
		frame->pc += 4;
	} else if ((read_csr(mstatus) >> 11 & 3) == 0) {
		refused++;
		text("  trapped: ");
		text(cause == 2 ? "illegal instruction " : cause == 7 ? "store access fault at " : "cause ");
		hexadecimal(cause == 2 || cause == 7 ? read_csr(mtval) : cause, 8);
		text(", pc ");
		hexadecimal(frame->pc, 8);
		text("; skipped\n");
		frame->pc += 4;
	} else {
		text("a trap in machine mode, cause ");
		decimal(cause);
		text("\n");
		*FINISHER = 1 << 16 | 0x3333;
	}
}

/* mscratch holds the machine's stack; the frame lies below it */
__asm__(".balign 4\n"
	"trap_entry:\n"
	"	csrrw sp, mscratch, sp\n"
	"	addi sp, sp, -256\n"
	"	sd x1, 8(sp)\n	sd x3, 24(sp)\n	sd x4, 32(sp)\n	sd x5, 40(sp)\n	sd x6, 48(sp)\n	sd x7, 56(sp)\n	sd x8, 64(sp)\n	sd x9, 72(sp)\n"
	"	sd x10, 80(sp)\n	sd x11, 88(sp)\n	sd x12, 96(sp)\n	sd x13, 104(sp)\n	sd x14, 112(sp)\n	sd x15, 120(sp)\n	sd x16, 128(sp)\n	sd x17, 136(sp)\n"
	"	sd x18, 144(sp)\n	sd x19, 152(sp)\n	sd x20, 160(sp)\n	sd x21, 168(sp)\n	sd x22, 176(sp)\n	sd x23, 184(sp)\n	sd x24, 192(sp)\n	sd x25, 200(sp)\n"
	"	sd x26, 208(sp)\n	sd x27, 216(sp)\n	sd x28, 224(sp)\n	sd x29, 232(sp)\n	sd x30, 240(sp)\n	sd x31, 248(sp)\n"
	"	csrr t0, mepc\n"
	"	sd t0, 0(sp)\n"
	"	csrr t0, mscratch\n"
	"	sd t0, 16(sp)\n"
	"	mv a0, sp\n"
	"	call handle\n"
	"	ld t0, 0(sp)\n"
	"	csrw mepc, t0\n"
	"	ld t0, 16(sp)\n"
	"	csrw mscratch, t0\n"
	"	ld x1, 8(sp)\n	ld x3, 24(sp)\n	ld x4, 32(sp)\n	ld x5, 40(sp)\n	ld x6, 48(sp)\n	ld x7, 56(sp)\n	ld x8, 64(sp)\n	ld x9, 72(sp)\n"
	"	ld x10, 80(sp)\n	ld x11, 88(sp)\n	ld x12, 96(sp)\n	ld x13, 104(sp)\n	ld x14, 112(sp)\n	ld x15, 120(sp)\n	ld x16, 128(sp)\n	ld x17, 136(sp)\n"
	"	ld x18, 144(sp)\n	ld x19, 152(sp)\n	ld x20, 160(sp)\n	ld x21, 168(sp)\n	ld x22, 176(sp)\n	ld x23, 184(sp)\n	ld x24, 192(sp)\n	ld x25, 200(sp)\n"
	"	ld x26, 208(sp)\n	ld x27, 216(sp)\n	ld x28, 224(sp)\n	ld x29, 232(sp)\n	ld x30, 240(sp)\n	ld x31, 248(sp)\n"
	"	addi sp, sp, 256\n"
	"	csrrw sp, mscratch, sp\n"
	"	mret\n");
void trap_entry(void);

/* ---- user mode ---------------------------------------------------------------------------------------------- */

static word call(word number, word argument) {
	register word a0 __asm__("a0") = argument;
	register word a7 __asm__("a7") = number;
	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
	return a0;
}

static byte composite[limit];
static volatile word primes;

static void user_main(void) {
	call(say, (word) "user mode: counting primes while the timer interrupts\n");
	word found = 0;
	for (word n = 2; n < limit; n++) {
		if (composite[n]) continue;
		found++;
		for (word m = n * n; m < limit; m += n) composite[m] = 1;
	}
	primes = found;
	call(say, (word) "user mode: reading mstatus, then writing to the UART past the machine\n");
	__asm__ volatile(".option push\n.option norvc\n	csrr t0, mstatus\n	sb t0, 0(%0)\n.option pop" ::"r"(UART) : "t0", "memory");
	call(leave, 0);
}

/* ---- the way through ---------------------------------------------------------------------------------------- */

static byte user_stack[4096] __attribute__((aligned(16)));

__asm__(".section .text.start\n"
	".globl _start\n"
	"_start:\n"
	"	la sp, machine_stack\n"
	"	la t0, trap_stack\n"
	"	csrw mscratch, t0\n"
	"	la t0, trap_entry\n"
	"	csrw mtvec, t0\n"
	"	call machine_main\n"
	".text\n"
	".globl machine_return\n"
	"machine_return:\n"
	"	la sp, machine_stack\n"
	"	call machine_end\n"
	".bss\n"
	"	.balign 16\n"
	"	.space 4096\n"
	"machine_stack:\n"
	"	.space 4096\n"
	"trap_stack:\n"
	".text\n");

void machine_main(word hart, const byte *tree) {
	text("doppel: an efficient, isolated duplicate of the machine you don't have\n");
	text("machine mode: hart ");
	decimal(hart);
	text(", misa ");
	hexadecimal(read_csr(misa), 16);
	text(", device tree of ");
	decimal((word)tree[4] << 24 | (word)tree[5] << 16 | (word)tree[6] << 8 | tree[7]);
	text(" bytes\n");

	*MTIMECMP = *MTIME + tick_interval;
	write_csr(mie, 1 << 7);
	while (ticks < 3) {
		/* wfi goes on with interrupts masked, so that none is lost between the test and the wait */
		__asm__ volatile("wfi");
		set_csr(mstatus, 8);
		__asm__ volatile("csrci mstatus, 8");
	}
	text("machine mode: slept through 3 timer interrupts\n");

	/* user mode may use the first 2 MiB of RAM and nothing else */
	write_csr(pmpaddr0, RAM >> 2 | (RAM_BYTES / 8 - 1));
	write_csr(pmpcfg0, 0x1f);
	write_csr(mepc, user_main);
	__asm__ volatile("csrc mstatus, %0" ::"r"(3 << 11));
	set_csr(mstatus, 1 << 7);
	__asm__ volatile("mv sp, %0\n	mret" ::"r"(user_stack + sizeof user_stack));
	__builtin_unreachable();
}

void machine_end(void) {
	text("machine mode: ");
	decimal(primes);
	text(" primes below ");
	decimal(limit);
	text(", ");
	decimal(ticks);
	text(" timer interrupts, ");
	decimal(refused);
	text(" instructions refused\n");
	*FINISHER = primes == 78498 && refused == 2 ? 0x5555 : 1 << 16 | 0x3333;
	for (;;) { }
}
