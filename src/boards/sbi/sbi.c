/**
 * The firmware of `--bios default`: RISC-V Supervisor Binary Interface 2.0 for the board virt, in machine mode. It takes a payload's address as OpenSBI's
 * fw_dynamic does (a2), gives S mode all it may have, and answers its calls. `src/boards/sbi/build.sh` builds it.
 * Chapters in comments are those of the SBI specification 2.0.
 */
typedef unsigned long word;
typedef unsigned char byte;

#define UART ((volatile byte *)0x10000000)
#define FINISHER ((volatile unsigned *)0x100000)
#define CLINT 0x02000000ul
#define MSIP(hart) (((volatile unsigned *)CLINT)[hart])
#define MTIMECMP(hart, half) (((volatile unsigned *)(CLINT + 0x4000))[2 * (hart) + (half)])
#define FIRMWARE 0x80000000ul
#define FIRMWARE_BYTES 0x80000ul

enum { max_harts = 64, stack_bytes = 1024 };

#define read_csr(name) ({ word value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)); value_; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((word)(value)) : "memory")
#define set_csr(name, value) __asm__ volatile("csrs " #name ", %0" ::"r"((word)(value)) : "memory")
#define read_numbered(number) ({ word value_; __asm__ volatile("csrr %0, %1" : "=r"(value_) : "i"(number)); value_; })
#define write_numbered(number, value) __asm__ volatile("csrw %0, %1" ::"i"(number), "r"((word)(value)) : "memory")
#define set_numbered(number, value) __asm__ volatile("csrs %0, %1" ::"i"(number), "r"((word)(value)) : "memory")
#define clear_csr(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"((word)(value)) : "memory")

enum { SSIP = 1 << 1, MSIP_BIT = 1 << 3, STIP = 1 << 5, MTIP = 1 << 7 };
#define MSTATUS_MPP_S (1ul << 11)
#define MSTATUS_MPP (3ul << 11)
#define MSTATUS_MPRV (1ul << 17)
#define MSTATUS_MXR (1ul << 19)
/* menvcfg, menvcfgh, stimecmp and stimecmph by number: older assemblers do not know them */
#define MENVCFG 0x30a
#define MENVCFGH 0x31a
#define STIMECMP 0x14d
#define STIMECMPH 0x15d
/** Rights of the levels below: cache blocks (CBIE, CBCFE, CBZE); in the upper half their own timer (STCE) and memory types (PBMTE). */
#define MENVCFG_BLOCKS 0xf0
#define MENVCFG_TIMER 0x80000000ul
#define MENVCFG_TYPES 0x40000000ul
#define INTERRUPT (1ul << (8 * sizeof(word) - 1))

/** Those bits of the upper half of menvcfg that can be set are. */
static void set_environment(word upper) {
#if __riscv_xlen == 64
	set_numbered(MENVCFG, upper << 32 | MENVCFG_BLOCKS);
#else
	set_numbered(MENVCFG, MENVCFG_BLOCKS);
	set_numbered(MENVCFGH, upper);
#endif
}
/** Has S mode a timer of its own? Then STIP follows that, and firmware cannot set it. */
static int own_timer(void) {
#if __riscv_xlen == 64
	return (read_numbered(MENVCFG) >> 32 & MENVCFG_TIMER) != 0;
#else
	return (read_numbered(MENVCFGH) & MENVCFG_TIMER) != 0;
#endif
}

/* ---- state ------------------------------------------------------------------------------------------------- */

/** What one hart asks of another by a machine software interrupt. */
enum { ask_ipi = 1, ask_fence_i = 2, ask_fence_vma = 4 };
/** Chapter 9, plus one: 0 is a hart that never ran. */
enum { absent, started, stopped, start_pending, stop_pending, suspended };

struct hart {
	unsigned id;
	unsigned asked; /* atomic */
	unsigned state; /* atomic */
	word start;
	word opaque;
};
struct room {
	byte stack[stack_bytes];
	struct hart hart;
} __attribute__((aligned(16)));
static struct room rooms[max_harts];

/** Registers of the caller that C may change; the order of trap_entry. */
struct frame {
	word ra, t0, t1, t2, a[8], t3, t4, t5, t6;
};

/** What QEMU and doppel leave for firmware in a2. */
struct dynamic {
	word magic, version, next, mode, options, boot_hart;
};

/* The entry of every hart: a room of its own by its number; harts there is no room for sleep. */
__asm__(
	"	.pushsection .text.start, \"ax\"\n"
	"	.globl _start\n"
	"_start:\n"
	"	csrw mie, zero\n"
	"	csrr a0, mhartid\n"
	"	li t0, 64\n"
	"	bgeu a0, t0, 2f\n"
	"	la sp, rooms\n"
	"	la t0, room_bytes\n"
	"	lw t0, 0(t0)\n"
	"	la t1, stack_offset\n"
	"	lw t1, 0(t1)\n"
	"	mul t0, t0, a0\n"
	"	add sp, sp, t0\n"
	"	add sp, sp, t1\n"
	"	csrw mscratch, sp\n"
	"	la t0, trap_entry\n"
	"	csrw mtvec, t0\n"
	"	mv a3, sp\n"
	"	j begin\n"
	"2:	wfi\n"
	"	j 2b\n"
	"	.popsection\n");
__attribute__((used)) static const unsigned room_bytes = sizeof(struct room);
__attribute__((used)) static const unsigned stack_offset = __builtin_offsetof(struct room, hart);

#if __riscv_xlen == 64
#define SAVE(reg, i) "	sd " #reg ", 8*" #i "(sp)\n"
#define LOAD(reg, i) "	ld " #reg ", 8*" #i "(sp)\n"
#define FRAME "128"
#else
#define SAVE(reg, i) "	sw " #reg ", 4*" #i "(sp)\n"
#define LOAD(reg, i) "	lw " #reg ", 4*" #i "(sp)\n"
#define FRAME "64"
#endif

__asm__(
	"	.text\n"
	"	.balign 4\n"
	"trap_entry:\n"
	"	csrrw sp, mscratch, sp\n"
	"	addi sp, sp, -" FRAME "\n"
	SAVE(ra, 0) SAVE(t0, 1) SAVE(t1, 2) SAVE(t2, 3) SAVE(a0, 4) SAVE(a1, 5) SAVE(a2, 6) SAVE(a3, 7) SAVE(a4, 8) SAVE(a5, 9) SAVE(a6, 10) SAVE(a7, 11)
	SAVE(t3, 12) SAVE(t4, 13) SAVE(t5, 14) SAVE(t6, 15)
	"	mv a0, sp\n"
	"	addi a1, sp, " FRAME "\n"
	"	csrr a2, mcause\n"
	"	call handle\n"
	LOAD(ra, 0) LOAD(t0, 1) LOAD(t1, 2) LOAD(t2, 3) LOAD(a0, 4) LOAD(a1, 5) LOAD(a2, 6) LOAD(a3, 7) LOAD(a4, 8) LOAD(a5, 9) LOAD(a6, 10) LOAD(a7, 11)
	LOAD(t3, 12) LOAD(t4, 13) LOAD(t5, 14) LOAD(t6, 15)
	"	addi sp, sp, " FRAME "\n"
	"	csrrw sp, mscratch, sp\n"
	"	mret\n"

	/* int reach(byte *to, const byte *from, word status): copies a byte with mstatus bits `status` set, 0; or -1 when one of them cannot be reached. */
	"	.globl reach\n"
	"reach:\n"
	"	csrr a5, mepc\n"
	"	csrr a4, mstatus\n"
	"	la a3, 1f\n"
	"	csrrw a3, mtvec, a3\n"
	"	csrs mstatus, a2\n"
	"	lbu a6, 0(a1)\n"
	"	csrw mstatus, a4\n"
	"	sb a6, 0(a0)\n"
	"	li a0, 0\n"
	"	j 2f\n"
	"	.balign 4\n"
	"1:	li a0, -1\n"
	"2:	csrw mstatus, a4\n"
	"	csrw mepc, a5\n"
	"	csrw mtvec, a3\n"
	"	ret\n");
int reach(byte *to, const byte *from, word status);

/* ---- between harts ------------------------------------------------------------------------------------------- */

/** Does what others asked of this hart. */
static void serve(struct hart *self) {
	MSIP(self->id) = 0;
	unsigned asked = __atomic_exchange_n(&self->asked, 0, __ATOMIC_ACQ_REL);
	if (asked & ask_ipi) set_csr(mip, SSIP);
	if (asked & ask_fence_i) __asm__ volatile("fence.i" ::: "memory");
	if (asked & ask_fence_vma) __asm__ volatile("sfence.vma" ::: "memory");
}

static int running(unsigned id) {
	unsigned state = __atomic_load_n(&rooms[id].hart.state, __ATOMIC_ACQUIRE);
	return state == started || state == suspended;
}

/** Which harts a mask names (3.1): all, or bit i is hart base + i. Absent ones are an error; those that do not run need nothing. */
static int chosen(word mask, word base, unsigned id) {
	if (base == (word)-1) return 1;
	return id >= base && id - base < 8 * sizeof(word) && ((mask >> (id - base)) & 1);
}
static int known(word mask, word base) {
	if (base == (word)-1) return 1;
	for (unsigned i = 0; i < 8 * sizeof(word); i++) {
		if (!((mask >> i) & 1)) continue;
		word id = base + i;
		if (id < base || id >= max_harts || rooms[id].hart.state == absent) return 0;
	}
	return 1;
}

/** Asks harts for something; for a fence waits until all have done it, and meanwhile does what they ask, so that two that fence each other go on. */
static long ask(struct hart *self, word mask, word base, unsigned what) {
	if (!known(mask, base)) return -3;
	for (unsigned id = 0; id < max_harts; id++) {
		if (!chosen(mask, base, id) || !running(id)) continue;
		__atomic_fetch_or(&rooms[id].hart.asked, what, __ATOMIC_ACQ_REL);
		MSIP(id) = 1;
	}
	serve(self);
	if (what == ask_ipi) return 0;
	for (unsigned id = 0; id < max_harts; id++) {
		if (!chosen(mask, base, id)) continue;
		while (running(id) && (__atomic_load_n(&rooms[id].hart.asked, __ATOMIC_ACQUIRE) & what)) {
			if (__atomic_load_n(&self->asked, __ATOMIC_ACQUIRE)) serve(self);
		}
	}
	return 0;
}

/* ---- a hart's life (chapter 9) --------------------------------------------------------------------------------- */

__attribute__((noreturn)) static void enter(struct hart *self, word start, word opaque) {
	self->state = started;
	write_csr(mie, MSIP_BIT);
	clear_csr(mstatus, MSTATUS_MPP | (1ul << 1) | (1ul << 7));
	set_csr(mstatus, MSTATUS_MPP_S);
	clear_csr(mip, SSIP | STIP);
	write_csr(satp, 0);
	write_csr(sie, 0);
	write_csr(mepc, start);
	register word a0 __asm__("a0") = self->id;
	register word a1 __asm__("a1") = opaque;
	__asm__ volatile("fence.i\n	sfence.vma\n	mret" ::"r"(a0), "r"(a1));
	__builtin_unreachable();
}

/** Until another hart starts it. */
__attribute__((noreturn)) static void sleep(struct hart *self) {
	write_csr(mie, MSIP_BIT);
	__atomic_store_n(&self->state, stopped, __ATOMIC_RELEASE);
	while (__atomic_load_n(&self->state, __ATOMIC_ACQUIRE) != start_pending) {
		__asm__ volatile("wfi");
		MSIP(self->id) = 0;
	}
	MSIP(self->id) = 0;
	self->asked = 0;
	enter(self, self->start, self->opaque);
}

static long hart_start(word id, word start, word opaque) {
	if (id >= max_harts || rooms[id].hart.state == absent) return -3;
	if (start - FIRMWARE < FIRMWARE_BYTES) return -5;
	struct hart *other = &rooms[id].hart;
	unsigned expected = stopped;
	if (__atomic_load_n(&other->state, __ATOMIC_ACQUIRE) != stopped) return -6;
	other->start = start;
	other->opaque = opaque;
	if (!__atomic_compare_exchange_n(&other->state, &expected, start_pending, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return -6;
	MSIP(id) = 1;
	return 0;
}

static unsigned big_endian(const byte *at) {
	return (unsigned)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/** How many nodes `cpu@...` a flattened device tree has (its specification, chapter 5). */
static unsigned processors(const byte *tree) {
	if (tree == 0 || big_endian(tree) != 0xd00dfeed) return 1;
	unsigned count = 0, total = big_endian(tree + 4), at = big_endian(tree + 8);
	while (at <= total - 12) {
		unsigned token = big_endian(tree + at);
		at += 4;
		if (token == 1) {
			const byte *name = tree + at;
			if (name[0] == 'c' && name[1] == 'p' && name[2] == 'u' && name[3] == '@') count++;
			while (at < total && tree[at]) at++;
			at = (at + 4) & -4u;
		} else if (token == 3) {
			unsigned bytes = big_endian(tree + at);
			if (bytes > total) break;
			at = (at + 8 + bytes + 3) & -4u;
		} else if (token == 9) break;
	}
	return count;
}

/** Until all that the device tree names have come to `sleep`, since the payload may ask for any of them at once; but not for ever. */
static void gather(const byte *tree) {
	unsigned count = processors(tree);
	for (unsigned tries = 0; tries < 100000; tries++) {
		unsigned there = 1;
		for (unsigned id = 1; id < max_harts; id++) there += __atomic_load_n(&rooms[id].hart.state, __ATOMIC_ACQUIRE) == stopped;
		if (there >= count || there == max_harts) return;
	}
}

/** Everything S mode can be given is; firmware and timer registers are closed to it. Called by _start with a3 = its place. */
__attribute__((used, noreturn)) void begin(word id, word tree, const struct dynamic *next, struct hart *self) {
	self->id = id;
	write_csr(medeleg, 0xb1ff);
	write_csr(mideleg, SSIP | STIP | (1 << 9));
	write_csr(mcounteren, -1);
	set_environment(MENVCFG_TIMER | MENVCFG_TYPES);
	/* NAPOT: an address with n low ones covers 2^(n + 3) bytes */
	write_csr(pmpaddr0, (FIRMWARE >> 2) | ((FIRMWARE_BYTES >> 3) - 1));
	write_csr(pmpaddr1, (CLINT >> 2) | (0x10000 / 8 - 1));
	write_csr(pmpaddr2, -1);
	write_csr(pmpcfg0, 0x1f1818);
	/* the first hart is the one that boots: the machine's order of starting does not matter */
	if (id != 0) sleep(self);
	gather((const byte *)tree);
	enter(self, next->next, tree);
}

/* ---- console (chapters 5.2, 5.3 and 12) ------------------------------------------------------------------------ */

static void put(byte c) {
	while ((UART[5] & 0x20) == 0) { }
	UART[0] = c;
}

/** A piece of memory that S mode names by its physical address, outside the firmware. */
static int allowed(word from, word bytes, word high) {
	if (high != 0 || from + bytes < from) return 0;
	return from + bytes <= FIRMWARE || from >= FIRMWARE + FIRMWARE_BYTES;
}

struct answer {
	long error;
	word value;
};

static struct answer console(word function, word a0, word a1, word a2) {
	if (function == 2) {
		put(a0);
		return (struct answer){0, 0};
	}
	if (function > 2) return (struct answer){-2, 0};
	if (!allowed(a1, a0, a2)) return (struct answer){-3, 0};
	word done = 0;
	for (; done < a0; done++) {
		byte c;
		if (function == 0) {
			if (reach(&c, (const byte *)a1 + done, 0)) return (struct answer){-3, 0};
			put(c);
		} else {
			if (!(UART[5] & 1)) break;
			c = UART[0];
			if (reach((byte *)a1 + done, &c, 0)) return (struct answer){-3, 0};
		}
	}
	return (struct answer){0, done};
}

/* ---- the other extensions --------------------------------------------------------------------------------------- */

enum {
	ext_base = 0x10,
	ext_time = 0x54494d45,
	ext_ipi = 0x735049,
	ext_rfence = 0x52464e43,
	ext_hsm = 0x48534d,
	ext_reset = 0x53525354,
	ext_pmu = 0x504d55,
	ext_console = 0x4442434e,
};
static const unsigned extensions[] = {ext_base, ext_time, ext_ipi, ext_rfence, ext_hsm, ext_reset, ext_pmu, ext_console};

static int probe(word id) {
	for (unsigned i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		if (extensions[i] == id) return 1;
	return id <= 8;
}

/** Chapter 4: what this is. The implementation's number is not registered; it spells "dopp". */
static struct answer base(word function, word a0) {
	switch (function) {
	case 0: return (struct answer){0, 2 << 24};
	case 1: return (struct answer){0, 0x646f7070};
	case 2: return (struct answer){0, 1};
	case 3: return (struct answer){0, probe(a0)};
	case 4: return (struct answer){0, read_csr(mvendorid)};
	case 5: return (struct answer){0, read_csr(marchid)};
	case 6: return (struct answer){0, read_csr(mimpid)};
	default: return (struct answer){-2, 0};
	}
}

/** Chapter 6: the next timer interrupt; what is pending is taken back. */
static void set_timer(struct hart *self, word low, word high) {
	if (own_timer()) {
#if __riscv_xlen == 64
		(void)high;
		write_numbered(STIMECMP, low);
#else
		write_numbered(STIMECMP, -1);
		write_numbered(STIMECMPH, high);
		write_numbered(STIMECMP, low);
#endif
		return;
	}
	MTIMECMP(self->id, 1) = -1u;
	MTIMECMP(self->id, 0) = low;
	MTIMECMP(self->id, 1) = high;
	clear_csr(mip, STIP);
	set_csr(mie, MTIP);
}

/** Chapter 10: 0 ends the run, 1 and 2 start again; a failure is exit code 1. */
static struct answer reset(word type, word reason) {
	if (type > 2) return (struct answer){-3, 0};
	*FINISHER = type != 0 ? 0x7777 : reason == 1 ? 0x13333 : 0x5555;
	for (;;) __asm__ volatile("wfi");
}

static struct answer life(struct hart *self, word function, word a0, word a1, word a2) {
	switch (function) {
	case 0: return (struct answer){hart_start(a0, a1, a2), 0};
	case 1:
		if (self->id >= max_harts) return (struct answer){-1, 0};
		sleep(self);
	case 2:
		if (a0 >= max_harts || rooms[a0].hart.state == absent) return (struct answer){-3, 0};
		return (struct answer){0, __atomic_load_n(&rooms[a0].hart.state, __ATOMIC_ACQUIRE) - 1};
	case 3:
		/* the default retentive state is waiting; no other exists */
		if (a0 != 0) return (struct answer){a0 == 0x80000000 ? -2 : -3, 0};
		__asm__ volatile("wfi");
		return (struct answer){0, 0};
	default: return (struct answer){-2, 0};
	}
}

/* Chapter 11: the two counters that every hart has, cycles (0) and instructions (2); no events besides, no firmware counters. */
static void set_counter(word index, word low, word high) {
#if __riscv_xlen == 64
	(void)high;
	if (index == 0) write_csr(mcycle, low);
	else write_csr(minstret, low);
#else
	if (index == 0) {
		write_csr(mcycle, 0);
		write_csr(mcycleh, high);
		write_csr(mcycle, low);
	} else {
		write_csr(minstret, 0);
		write_csr(minstreth, high);
		write_csr(minstret, low);
	}
#endif
}

static struct answer counters(word function, const word *a) {
	const word mine = 5; /* bits 0 and 2 */
	switch (function) {
	case 0: return (struct answer){0, 3};
	case 1: /* the CSR's number, and its width less one */
		if (a[0] >= 8 * sizeof(word) || !((mine >> a[0]) & 1)) return (struct answer){-3, 0};
		return (struct answer){0, (0xc00 + a[0]) | (63 << 12)};
	case 2: { /* find one for an event: hardware event 1 is cycles, 2 is instructions */
		word index = a[3] == 1 ? 0 : a[3] == 2 ? 2 : 64;
		if (index > 2 || a[0] > index || !((a[1] >> (index - a[0])) & 1)) return (struct answer){-2, 0};
		if (a[2] & 2) set_counter(index, 0, 0);
		if (a[2] & 4) clear_csr(mcountinhibit, 1ul << index);
		return (struct answer){0, index};
	}
	case 3:
	case 4: { /* start, stop */
		word bits = a[0] > 2 ? 0 : a[1] << a[0];
		if (bits == 0 || (bits & ~mine)) return (struct answer){-3, 0};
		word stopped_now = read_csr(mcountinhibit) & bits;
		if (function == 3) {
			if (stopped_now != bits) return (struct answer){-7, 0};
			for (word i = 0; i <= 2; i += 2)
				if ((a[2] & 1) && ((bits >> i) & 1)) set_counter(i, a[3], a[4]);
			clear_csr(mcountinhibit, bits);
		} else {
			if (stopped_now) return (struct answer){-8, 0};
			set_csr(mcountinhibit, bits);
		}
		return (struct answer){0, 0};
	}
	default: return (struct answer){-2, 0};
	}
}

/** Chapter 5, before there were extensions: the mask of harts is in memory, as the caller sees it; no mask is all harts. */
static long legacy(struct hart *self, word number, const word *a) {
	word mask = -1, bytes = number >= 4 && number <= 7 && a[0] != 0 ? sizeof(word) : 0;
	for (word i = 0; i < bytes; i++)
		if (reach((byte *)&mask + i, (const byte *)a[0] + i, MSTATUS_MPRV | MSTATUS_MXR)) return -1;
	switch (number) {
	case 0:
		set_timer(self, a[0], sizeof(word) == 8 ? a[0] >> (4 * sizeof(word)) : a[1]);
		return 0;
	case 1:
		put(a[0]);
		return 0;
	case 2: return UART[5] & 1 ? UART[0] : -1;
	case 3:
		clear_csr(mip, SSIP);
		return 0;
	case 4: return ask(self, mask, bytes ? 0 : -1, ask_ipi);
	case 5: return ask(self, mask, bytes ? 0 : -1, ask_fence_i);
	case 6:
	case 7: return ask(self, mask, bytes ? 0 : -1, ask_fence_vma);
	default: return reset(0, 0).error;
	}
}

static struct answer call(struct hart *self, word extension, word function, const word *a) {
	switch (extension) {
	case ext_base: return base(function, a[0]);
	case ext_time:
		if (function != 0) break;
		set_timer(self, a[0], sizeof(word) == 8 ? a[0] >> (4 * sizeof(word)) : a[1]);
		return (struct answer){0, 0};
	case ext_ipi:
		if (function != 0) break;
		return (struct answer){ask(self, a[0], a[1], ask_ipi), 0};
	case ext_rfence: /* chapter 8: 3 to 6 are for a hypervisor extension that no hart has */
		if (function > 2) break;
		return (struct answer){ask(self, a[0], a[1], function == 0 ? ask_fence_i : ask_fence_vma), 0};
	case ext_hsm: return life(self, function, a[0], a[1], a[2]);
	case ext_reset:
		if (function != 0) break;
		return reset(a[0], a[1]);
	case ext_pmu: return counters(function, a);
	case ext_console: return console(function, a[0], a[1], a[2]);
	}
	return (struct answer){-2, 0};
}

/* ---- traps ------------------------------------------------------------------------------------------------------ */

/** Called by trap_entry: what changes in `frame` is what the hart goes on with. */
__attribute__((used)) void handle(struct frame *frame, struct hart *self, word cause) {
	if (cause == (INTERRUPT | 7)) {
		clear_csr(mie, MTIP);
		set_csr(mip, STIP);
	} else if (cause == (INTERRUPT | 3)) {
		serve(self);
	} else if (cause == 9) {
		write_csr(mepc, read_csr(mepc) + 4);
		word extension = frame->a[7];
		if (extension <= 8) frame->a[0] = legacy(self, extension, frame->a);
		else {
			struct answer answer = call(self, extension, frame->a[6], frame->a);
			frame->a[0] = answer.error;
			frame->a[1] = answer.value;
		}
	} else {
		/* the firmware itself is wrong: nothing else comes here */
		*FINISHER = 0x23333;
		for (;;) __asm__ volatile("wfi");
	}
}
