/** Ports: the only calls out of generated code and out of the interpreter. */

/** Kinds of access, as definitions number them. `either`: a load that may go where a load or a store may. */
export const Access = { fetch: 0, load: 1, store: 2, either: 3 } as const;

/**
 * Slow memory path. Called with the byte offset `state` of the processor's state, a guest address in halves, and `bytes` 1, 2, 4 or 8.
 * Result in the header: `status` is `Status.next` when it succeeded, else `fault`, `trap` (cause and value are there) or `assist` (the translated code's port only);
 * then nothing has happened in the guest. `space` is the number of the memory space, `access` how a failure is reported.
 */
export interface MemoryPort {
	/** The low half (signed 32-bit, zero-extended when narrower); the high half is in the header's `high`. Byte order is the space's. */
	load(state: number, lo: number, hi: number, bytes: number, space: number, access: number): number;
	store(state: number, lo: number, hi: number, bytes: number, space: number, valueLo: number, valueHi: number): void;
}

/** What privileged semantics may ask of the machine. 64-bit results as unsigned numbers below 2^53. */
export interface SystemPort {
	/** Instructions retired by this processor before the one that asks. */
	retired(state: number): number;
	clock(state: number): number;
	syncCode(state: number): void;
	syncTranslation(state: number): void;
	offers(service: string): boolean;
	/** A service's answer, 64 bits as [lo, hi]; or undefined when the run is to end after this instruction. */
	hostcall(state: number, service: string, a: [number, number], b: [number, number]): [number, number] | undefined;
}

/** The main memory space as translated code sees it directly: guest physical addresses base..base+bytes lie at `offset` of the shared memory. */
export interface DirectRam {
	readonly base: number;
	readonly bytes: number;
	readonly offset: number;
	/** Offset of one byte for each 4 KiB page of RAM, and one more that is 0; a store to a page whose byte is not 0 takes the slow path. */
	readonly pageFlags: number;
}
export const pageShift = 12;
/** The number of the page that an address, a JavaScript number, lies in. */
export const pageOf = (address: number): number => Math.floor(address / 2 ** pageShift);

/** All that generated code is bound to. */
export interface Environment {
	readonly memory: WebAssembly.Memory;
	readonly ram: DirectRam;
	readonly port: MemoryPort;
	/** Offset of the jump table (jumps.ts), 0 everywhere at first; without it every jump to an address that is learned only then goes through the dispatcher. */
	readonly jumps?: number;
}
