// @ts-check
// Sv32, Sv39, Sv48 and Sv57: page-based virtual memory (privileged manual 1.12, sections 4.3 to 4.6).
import { hart, Mode, XLEN } from "./base.isa.js";
import { Environment } from "./envcfg.isa.js";
import { accessFault, m, pageFault, resized } from "./levels.isa.js";
import { permitted } from "./pmp.isa.js";

// Page tables: the walk, permissions, accessed and dirty bits.
extension("sv", "Page-Based Virtual Memory");

/** Bits of an entry (4.3.1, figure 4.16). */
const Pte = { V: 0, R: 1, W: 2, X: 3, U: 4, A: 6, D: 7 };
/** Bits of an entry, and of an index into a table. */
const width = XLEN;
const index = XLEN == 64 ? 9 : 10;
/** The top of the physical page number in an entry. What lies above it on RV64 is reserved, up to the bits of Svpbmt and Svnapot. */
const top = XLEN == 64 ? 53 : 31;
const levels = XLEN == 64 ? [4, 3, 2, 1, 0] : [1, 0];

/** Svpbmt (6): 0 as the place says, 1 not cached, 2 a device; memory here is the same for all. */
const memoryType = (leaf) => bits(leaf, 62, 61);
/** bits(1): may an entry say so? */
const typed = () => bit(m.menvcfg, Environment.PBMTE) == 1;
/** bits(1): Svnapot's bit N (5). */
const contiguous = (leaf) => bit(leaf, 63) == 1;
/** bits(1): does satp ask for page tables? */
const on = () => (XLEN == 64 ? bits(m.satp, 63, 60) != 0 : bit(m.satp, 31) == 1);
/** bits(1): are the addresses of that mode virtual? */
export const paged = (mode) => mode != Mode.M && on();
/** How many levels there are: Sv39, Sv48 and Sv57 are 8, 9 and 10 (table 4.4). */
const depth = () => (XLEN == 32 ? constant(2, 3) : bits(m.satp, 61, 60) == 0 ? constant(3, 3) : bit(m.satp, 60) == 1 ? constant(4, 3) : constant(5, 3));

/** bits(1): are the bits above the virtual address copies of its top one (4.4.1, 4.5.1, 4.6.1)? */
export const canonical = (address) => {
	if (XLEN == 32) return constant(1, 1) == 1;
	const deep = depth();
	const above = deep == 3 ? address >> 38 : deep == 4 ? address >> 47 : address >> 56;
	return above == 0 || ~above == 0;
};

/** The physical address, 64 bits, for an access (0 fetch, 1 load, 2 store, 3 either) by `mode`; page faults and access faults where it is not allowed (4.3.2). */
export const walk = (mode, address, access) => {
	const refuse = () => trap(pageFault(access), address);
	/** The tables themselves are read and written as S mode does, and may not lie past what an address can say. */
	const reach = (at, permission) => {
		if (!permitted(Mode.S, at, constant(width / 8, XLEN), permission)) trap(accessFault(access), address);
		if (XLEN == 32 && bits(at, 63, 32) != 0) trap(accessFault(access), address);
	};
	if (!canonical(address)) refuse();
	const deep = depth();
	let table = zext(bits(m.satp, XLEN == 64 ? 43 : 21, 0), 64) << 12;
	let found = constant(0, 1);
	let leaf = constant(0, width);
	let at = constant(0, 64);
	/** Bits of the address that are not translated. */
	let inside = constant(0, 64);
	for (const level of levels) {
		if (found == 0 && u(constant(level, 3)) < u(deep)) {
			const low = 12 + index * level;
			at = table + (zext(bits(address, low + index - 1, low), 64) << (width == 64 ? 3 : 2));
			reach(at, constant(0, 2));
			leaf = load(resized(at), width);
			// V is 0, or W without R
			if (bit(leaf, Pte.V) == 0 || (bit(leaf, Pte.R) == 0 && bit(leaf, Pte.W) == 1)) refuse();
			if (XLEN == 64 && (bits(leaf, 60, top + 1) != 0 || memoryType(leaf) == 3 || (memoryType(leaf) != 0 && !typed()))) refuse();
			if (bit(leaf, Pte.R) == 1 || bit(leaf, Pte.X) == 1) {
				found = constant(1, 1);
				inside = constant(2 ** low - 1, 64);
			} else {
				// a pointer: D, A, U, PBMT and N are reserved; at the last level there is nothing to point to
				if (level == 0 || bit(leaf, Pte.D) == 1 || bit(leaf, Pte.A) == 1 || bit(leaf, Pte.U) == 1) refuse();
				if (XLEN == 64 && (memoryType(leaf) != 0 || contiguous(leaf))) refuse();
				table = zext(bits(leaf, top, 10), 64) << 12;
			}
		}
	}
	// U pages are for U mode, and for loads and stores of S mode when SUM is set; the others are for S mode only
	const user = bit(leaf, Pte.U) == 1;
	if (user && mode != Mode.U && (m.SUM == 0 || access == 0)) refuse();
	if (!user && mode == Mode.U) refuse();
	let base = zext(bits(leaf, top, 10), 64) << 12;
	if (XLEN == 64 && contiguous(leaf)) {
		// Svnapot (5): one of the sixteen pages of 64 KiB, which the low bits of the page number say; nothing else can be said so yet
		if (inside != 0xfff || bits(leaf, 13, 10) != 8) refuse();
		inside = constant(0xffff, 64);
		base = base & ~inside;
	}
	// a page of a higher level starts at a multiple of its size
	if ((base & inside & ~constant(0xfff, 64)) != 0) refuse();
	const readable = bit(leaf, Pte.R) == 1 || (m.MXR == 1 && bit(leaf, Pte.X) == 1);
	const allowed = access == 0 ? bit(leaf, Pte.X) == 1 : access == 2 ? bit(leaf, Pte.W) == 1 : readable;
	if (!allowed) refuse();
	// A, and D for stores, are set in memory (Svadu), or raise a page fault (Svade) when menvcfg.ADUE is 0 (4.3.1)
	const wanted = constant(1 << Pte.A, width) | (access == 2 ? constant(1 << Pte.D, width) : constant(0, width));
	if ((leaf & wanted) != wanted) {
		if (bit(m.menvcfg, Environment.ADUE) == 0) refuse();
		reach(at, constant(1, 2));
		store(resized(at), leaf | wanted);
	}
	return base | (zext(address, 64) & inside);
};

/** bits(1): a fetch at an address that no page table can hold. */
export const unreachable = (address) => paged(hart.mode) && !canonical(address);
