/**
 * Types of the definition language, so that an editor checks `*.isa.js` files (`// @ts-check`).
 * Nothing here runs: a definition is parsed from its text and evaluated statically (see isa/README.md).
 */

/** A guest value of a fixed width, or a static integer that takes the width of what it meets. */
type Bits = number;
/** A value where a comparison (one bit) may stand too. */
type Value = Bits | boolean;
/** For rows of families, `for (const [name, funct3, f] of [...])`, with the rows cast to `[string, string, Binary][]`. */
type Binary = (a: Bits, b: Bits) => Bits;
type Unary = (a: Bits) => Bits;
type Condition = (a: Bits, b: Bits) => Value;
/** A signed or unsigned reading of a value, made by `s()` or `u()`. */
type Reading = number;

/* ---- the ISA, its parameters and its extensions ------------------------------------------------------------ */

/** Declares the instruction set; once an ISA, in its first file. `unit` is the smallest instruction length in bits. */
declare function isa(name: string, o: { title: string; unit: 8 | 16 | 32; endian?: "little" | "big"; address: number; codeEndian?: "little" | "big" }): void;
/** A static number chosen when the definition is loaded, such as XLEN. */
declare function parameter(name: string, allowed: number[], fallback: number): number;
/** Everything declared below in this file belongs to this extension. `when: false` leaves the whole file out. */
declare function extension(name: string, title: string, o?: { when?: boolean; requires?: string[] }): void;

/** [0, 1, ... n-1], for families. */
declare function range(n: number): number[];

/* ---- state -------------------------------------------------------------------------------------------------- */

type Kind =
	/** an ordinary register */
	| "general"
	/** touching it makes an instruction privileged: it leaves translated code */
	| "system"
	/** part of the key of a block: a static number while a block is translated */
	| "context"
	/** internal; not shown to a debugger, may be touched by translated code */
	| "hidden";
/** A register file `x[i]`. `zero`: the index that reads as 0 and ignores writes. `names[k]`: every name of register k, preferred one first. */
declare function registers(name: string, o: { count: number; width: number; zero?: number; names?: string[][]; kind?: Kind }): Bits[];
/** Named registers: `const r = state({ a: 8, sp: 16 })`, then `r.a = r.sp & 0xff`. A value is its width in bits. */
declare function state<T extends Record<string, number>>(widths: T, o?: { kind?: Kind }): { [K in keyof T]: Bits };
/** A part of a register, for `views` and `file`. */
declare function slice(register: Bits, high: number, low: number): Bits;
/**
 * Other names for parts or concatenations of registers (most significant first): `views({ hl: [r.h, r.l], al: slice(r.ax, 7, 0) })`.
 * `write`: what happens to the rest of the underlying register: 'merge' keeps it (default), 'zext' clears, 'sext' fills with the sign.
 */
declare function views<T extends Record<string, Bits | Bits[]>>(parts: T, o?: { write?: "merge" | "zext" | "sext" }): { [K in keyof T]: Bits };
/**
 * A register file made of registers, slices or views that exist already. `null` is a hole: it reads 0 and ignores writes. `where` must exclude it,
 * or it has a name to be shown by and semantics that look for it (Thumb's pc).
 */
declare function file(name: string, places: (Bits | null)[], o?: { names?: string[][]; write?: "merge" | "zext" | "sext" }): Bits[];
/** An address space besides the main one: I/O ports, program memory. Access it with `load(a, w, { space })`. */
declare function memory(name: string, o: { address: number; endian?: "little" | "big" }): MemorySpace;
interface MemorySpace {
	readonly memory: string;
}
/** A space indexed by a static number, such as the CSRs: `csr[i]`, `csr[i] = v`; each entry has semantics of its own. Always privileged. */
declare function space(
	name: string,
	o: { index: number; width: number; missing: { read: (index: Bits) => Bits | void; write: (index: Bits, value: Bits) => void } },
): Bits[];
/** Adds an entry to a `space`. Without `write` a write goes to `missing.write`; without `read` likewise. Prose: the comment above the call. */
declare function entry(space: Bits[], index: number, name: string, o: { read?: () => Bits | void; write?: (value: Bits) => void }): void;

/* ---- operands ----------------------------------------------------------------------------------------------- */

interface OperandKind {
	readonly operand: string;
}
declare function operands(kinds: Record<string, OperandKind>): void;
/** Index into a register file. The semantics see `encoded * times + plus`; the syntax shows the register's name. */
declare function reg(file: Bits[], o?: { plus?: number; times?: number }): OperandKind;
/** A two's complement number, sign-extended to `width` for the semantics. `scale` multiplies the encoded number. */
declare function signed(width: number, o?: { show?: "dec" | "hex"; scale?: number }): OperandKind;
/** An unsigned number, zero-extended to `width` for the semantics. */
declare function unsigned(width: number, o?: { show?: "dec" | "hex"; scale?: number }): OperandKind;
/** A signed displacement; the syntax shows the address `pc + plus + displacement`. The semantics see the displacement. */
declare function relative(width: number, o?: { plus?: number; scale?: number }): OperandKind;
/** Named encodings: `choice({ eq: 0, ne: 1 })`; the name '' is allowed. The semantics see the number, of the encoded width. */
declare function choice(names: Record<string, number>): OperandKind;
/** Encoded number -> value by table; both ways. */
declare function table(width: number, values: number[], o?: { show?: "dec" | "hex" }): OperandKind;
/** Index of a `space`, shown by its entry's name where there is one, else as a hexadecimal number. */
declare function indexOf(space: Bits[]): OperandKind;

/* ---- instructions ------------------------------------------------------------------------------------------- */

type Operands = Record<string, Bits>;
interface Only {
	readonly only: number[];
	readonly not?: boolean;
}
declare function only(...values: number[]): Only;
declare function not(...values: number[]): Only;
/**
 * One instruction, or several encodings and syntaxes of one meaning.
 * syntax: 'addi {rd},{rs1},{imm}' (the first one is printed, all are assembled);
 * encoding: as the manual prints it, e.g. 'imm[11:0] rs1 000 rd 0010011'; words of a longer instruction in memory order, separated by ' / ';
 * `where`: limits on encoded operands; `context`: limits on context registers. Prose: the comment above the call.
 */
declare function instruction(
	syntax: string | string[],
	encoding: string | string[],
	semantics: (o: any) => void,
	o?: { where?: Record<string, Only>; context?: Record<string, Only> },
): void;
/** Another spelling: `alias('mv {rd},{rs1}', 'addi {rd},{rs1},0')`. `print: false`: the assembler knows it, the disassembler does not choose it. */
declare function alias(syntax: string, meaning: string, o?: { print?: boolean }): void;
/** An assembler instruction that becomes several: lines of assembly, or a static function of the operand values that returns them. */
declare function macro(syntax: string, lines: string[] | ((o: Record<string, number | bigint | string>) => string[])): void;
/** An assembler modifier `%name(expression)`; `at` is the address of the instruction, or of the first instruction of the macro it stands in. */
declare function modifier(name: string, value: (value: bigint, at: bigint) => bigint): void;

/* ---- the machine half --------------------------------------------------------------------------------------- */

/** How the processor behaves around its instructions. All of these are semantics; the hypervisor runs them through the interpreter. */
declare function machine(f: {
	/** Wraps every instruction: delay slots, conditional execution, skipping. Call `execute()` at most once a path. */
	step?: (execute: () => void) => void;
	/** State at power on: the processor's number, where it starts, the address of the device tree, the address of what the board tells firmware (0: nothing). All as wide as an address. Ends in `jump`. */
	reset?: (hart: Bits, entry: Bits, tree: Bits, firmware: Bits) => void;
	/** What an undefined encoding does; `raw` is that encoding. */
	illegal?: () => void;
	/** A memory access failed. access: 0 fetch, 1 load, 2 store; kind: 0 nothing answers there, 1 misaligned (2 bits each). Usually ends in `trap`. */
	fault?: (access: Bits, kind: Bits, address: Bits) => void;
	/**
	 * Virtual to physical (64 bits; narrower is zero-extended) for an access of `bytes`, as wide as an address; traps where it is not allowed. access as in
	 * `fault`. Its loads and stores are of physical RAM; what it reads there is watched, so its answers may depend on RAM and on registers, and on nothing
	 * else. What it stores (marks of use) must change no other answer.
	 */
	translate?: (address: Bits, access: Bits, bytes: Bits) => Bits | void;
	/** bits(1): in the state as it is, loads, stores and fetches need no `translate` at all. */
	plain?: () => Value;
	/** Enters the trap handler; cause and value are as wide as an address. Ends in `jump`. */
	enter?: (cause: Bits, value: Bits) => void;
	/** The cause of the interrupt to take now, as wide as an address, or 0. */
	interrupt?: () => Bits;
	/** bits(1): a waiting processor goes on. */
	wake?: () => Value;
	/** The processor's turn ends: others run before it goes on. */
	suspend?: () => void;
	/** The tick of the board's clock (64 bits) at which `interrupt` and `wake` may answer otherwise though no register changed; all ones: never. */
	alarm?: () => Bits;
}): void;
/** Interrupt inputs: `lines({ timer: [sys.mip, 7] })`: the wire drives that bit of that register. With `"edge"` as third item it only ever sets it. */
declare function lines(wires: Record<string, [register: Bits, bit: number, how?: "edge"]>): void;
/** How a debugger sees this ISA: gdb's architecture name and the order of its registers (one `feature` a list). */
declare function debugView(o: { architecture: string; features: Record<string, Bits[] | string[]> }): void;

/* ---- inside semantics --------------------------------------------------------------------------------------- */

/** Address of this instruction; of the one after it; its encoding (first 32 bits). */
declare const pc: Bits;
declare const next: Bits;
declare const raw: Bits;
/** Ends the block: execution goes on at `target` when the rest of the instruction is done. The last jump of a path counts. */
declare function jump(target: Bits): void;
/** Gives up this instruction: none of its register writes happen. Never returns. Cause and value (0) are as wide as an address; narrower ones are zero-extended. */
declare function trap(cause: Bits, value?: Bits): never;
/** `access`: what the load counts as, for `machine.translate` and `machine.fault`; "either" (3 to them): it may go where a load or a store may, and fails as a store. */
declare function load(address: Bits, width: number, o?: { space?: MemorySpace; access?: "load" | "store" | "fetch" | "either" }): Bits;
/** Stores as many bits as `value` is wide. */
declare function store(address: Bits, value: Bits, o?: { space?: MemorySpace }): void;
/** Signed and unsigned readings: `s(a) < s(b)`, `u(a) / u(b)`, `s(a) * s(b)` (twice as wide; up to 32 x 32). */
declare function s(v: Bits): Reading;
declare function u(v: Bits): Reading;
declare function sext(v: Value, width: number): Bits;
declare function zext(v: Value, width: number): Bits;
/** v[high:low]. */
declare function bits(v: Bits, high: number, low: number): Bits;
/** v[i], one bit; i is static. */
declare function bit(v: Bits, i: number): Bits;
/** Concatenation, most significant first. */
declare function cat(...v: Value[]): Bits;
/** A static number as a value of a width. */
declare function constant(value: number | bigint, width: number): Bits;
declare function widthOf(v: Bits): number;
/** High half of the product of two readings: `mulh(s(a), u(b))`. */
declare function mulh(a: Reading, b: Reading): Bits;
/** a + b + carry in (1 bit), with the flags every flag-setting ISA asks for. Subtract as `addc(a, ~b, 1)`. */
declare function addc(a: Bits, b: Bits, carry: Bits): { sum: Bits; carry: Bits; overflow: Bits };
declare function clz(v: Bits): Bits;
declare function ctz(v: Bits): Bits;
declare function popcount(v: Bits): Bits;
declare function rotl(v: Bits, by: Bits): Bits;
declare function rotr(v: Bits, by: Bits): Bits;
/** Bytes in reverse order. */
declare function bswap(v: Bits): Bits;

/*
 * Floating point (IEEE 754-2019) on bit patterns of 16, 32 or 64 bits. `mode` is a static number or 3 bits: 0 to nearest, ties to even; 1 towards zero;
 * 2 down; 3 up; 4 to nearest, ties away; another number counts as 0. Tininess is detected after rounding; a NaN result is the positive quiet one without payload.
 */
declare function fadd(a: Bits, b: Bits, mode: Bits): Bits;
declare function fsub(a: Bits, b: Bits, mode: Bits): Bits;
declare function fmul(a: Bits, b: Bits, mode: Bits): Bits;
declare function fdiv(a: Bits, b: Bits, mode: Bits): Bits;
declare function fsqrt(a: Bits, mode: Bits): Bits;
/** a * b + c with one rounding; infinity * 0 + NaN raises invalid. */
declare function fma(a: Bits, b: Bits, c: Bits, mode: Bits): Bits;
/** The number in the format of `width` bits. */
declare function fconvert(a: Bits, width: number, mode: Bits): Bits;
/** As a signed or unsigned integer of 32 or 64 bits. Out of range raises invalid alone and gives the nearest integer, NaN the largest. */
declare function ftoints(a: Bits, width: number, mode: Bits): Bits;
declare function ftointu(a: Bits, width: number, mode: Bits): Bits;
/** A signed or unsigned integer of 32 or 64 bits as a number of `width` bits. */
declare function ffroms(a: Bits, width: number, mode: Bits): Bits;
declare function ffromu(a: Bits, width: number, mode: Bits): Bits;
/** A whole number, still in its format; raises inexact only when `exact`. */
declare function fround(a: Bits, mode: Bits, exact?: boolean): Bits;
/** Comparisons, bits(1). `quiet`: only a signalling NaN raises invalid, else every NaN does. */
declare function feq(a: Bits, b: Bits, quiet?: boolean): Bits;
declare function flt(a: Bits, b: Bits, quiet?: boolean): Bits;
declare function fle(a: Bits, b: Bits, quiet?: boolean): Bits;
/**
 * `old` with the flags that a floating-point function raised: 1 inexact, 2 underflow, 4 overflow, 8 division by zero, 16 invalid.
 * `result` is what the function gave, before anything is done with it. Keep flags in a 'hidden' register, so that translated code may.
 */
declare function raised(result: Bits, old: Bits): Bits;

/* privileged: using one of these makes an instruction leave translated code */
/** Instructions retired by this processor since power on, 64 bits. */
declare function retired(): Bits;
/** The board's clock, in its ticks, 64 bits. */
declare function clock(): Bits;
/** Waits for an interrupt. */
declare function wait(): void;
/** Lets other processors go first: this one's turn ends after the instruction. */
declare function yields(): void;
/** Instructions stored before this are seen by fetches after it. */
declare function syncCode(): void;
/** The translations that `machine.translate` gave may have changed. */
declare function syncTranslation(): void;
/** bits(1): did whoever runs the machine offer this service? */
declare function offers(service: string): Bits;
/** Calls a service of whoever runs the machine (semihosting); the value is as wide as `a`. */
declare function hostcall(service: string, a: Bits, b: Bits): Bits;
