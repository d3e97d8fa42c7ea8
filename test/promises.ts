/** What the project is measured on, as data; `npm run promises` makes test/README.md of it and of the tests' titles that begin with an id ("C5: ..."). */

export interface Promised {
	readonly id: string;
	readonly promise: string;
	/** who says whether it holds */
	readonly oracle: string;
	/** what an ordinary test run covers */
	readonly ordinary: string;
}

const promised = (id: string, promise: string, oracle: string, ordinary: string): Promised => ({ id, promise, oracle, ordinary });

export const promises: readonly Promised[] = [
	promised("C1", "engines agree", "full state of interpret = js = wasm after every block of random programs", "20,000 blocks an ISA, 0 differ"),
	promised("C2", "another implementation agrees", "lockstep with QEMU; binutils for (dis)assembly", "5,000 streams of 32 instructions, 0 unexplained"),
	promised("C3", "known suites pass", "riscv-tests on every engine where they are at hand; not part of the repository", "all that apply"),
	promised("C5", "the decoder is total and unambiguous", "all 2^16 halfwords; each pattern with all free bits up to 2^20, else sampled; no overlap", "full"),
	promised("C6", "asm(disasm(x)) = x", "over the set of C5", "full"),
	promised("C7", "a pass keeps meaning", "interpret before = after, verifier between", "20,000 blocks"),
	promised("C8", "configurations agree", "one-instruction blocks, no chaining, cold TLB, flush each block, budget 1, optimiser off", "8 combinations"),
	promised("C10", "counts are exact", "retired instructions equal on all engines at every exit and fault", "full"),
	promised("D1", "same inputs, same run", "state hash every 10^6 instructions, two runs, all engines", "a boot, twice"),
	promised("D2", "replay = recording", "hash at every recorded event", "1"),
	promised("D3", "snapshot anywhere", "save at a random point, restore in a fresh process and another engine, hashes equal from then on", "20 points"),
	promised("D4", "a kill while saving leaves the old or the new snapshot", "killed at a random byte", "20"),
	promised("D7", "memory is bounded", "RSS - idle <= guest RAM + cache limit + 64 MiB", "full"),
	promised("S1", "image parsers", "mutated and random ELF, hex, UF2, FDT: only ImageError, <= 50 ms, <= 4 x input in memory", "10,000"),
	promised("S2", "gdb packets", "each packet empty, huge, non-hex, split, bad checksum, interleaved: answered or refused, the session lives", "5,000"),
	promised("S3", "device registers", "random offset, width, alignment, before ready, reset in flight", "10,000 a device"),
	promised("S4", "virtqueues", "the named attacks on rings and descriptors", "all"),
	promised("S5", "snapshots and recordings are untrusted input", "bit flips, truncation, length bombs", "10,000"),
	promised(
		"S6",
		"a guest stays in its RAM",
		"canaries around it; self-modifying code in all its forms; stale translations, page-table attacks, A and D; every width at every offset of a page edge beside every kind of page",
		"all, each engine",
	),
	promised("S7", "a guest cannot stop the host", "every attack returns within budget + 1 block", "all"),
	promised("S8", "the code cache cannot be exhausted", "10^4 distinct blocks, 10^4 rewrites of a page: bounded, >= 20 % of steady speed", "full"),
	promised("S9", "no injection", "ELF symbols, names, FDT strings such as `*/process.exit()//`, `__proto__`", "full"),
	promised("S10", "no power without a host", "a machine built without host parts touches no file, socket or clock; servers listen on loopback", "full"),
	promised("S11", "terminal escapes of a guest", "filtered on a terminal unless asked for", "full"),
];
