// @ts-check
// Physical memory protection (privileged manual 1.12, section 3.7): 16 entries with a granularity of 4 bytes, exact to the byte.
import { Mode, XLEN } from "./base.isa.js";
import { csr } from "./zicsr.isa.js";

// Which physical addresses each mode may read, write and execute.
extension("pmp", "Physical Memory Protection");

const count = 16;
const entries = range(count);
const pmpcfg = registers("pmpcfgbyte", { count, width: 8, kind: "system" });
const pmpaddr = registers("pmpaddr", { count, width: XLEN, kind: "system" });
// 1 when some entry may refuse what M mode does.
export const pmp = state({ pmpstrict: 1 }, { kind: "system" });

/** How an entry's address is meant (3.7.1, table 3.10): nothing, up to it, 4 bytes at it, a power of two around it. */
const Match = { OFF: 0, TOR: 1, NA4: 2, NAPOT: 3 };
const matching = (i) => bits(pmpcfg[i], 4, 3);
const locked = (i) => bit(pmpcfg[i], 7) == 1;
/** A locked entry that matches up to its address locks the address of the entry before it, too (3.7.1). */
const addressLocked = (i) => locked(i) || (i < count - 1 && locked(i + 1) && matching(i + 1) == Match.TOR);

/**
 * M mode passes unchecked unless an entry is locked, or ends inside an aligned doubleword: an access only part of which matches an entry
 * fails in every mode (3.7.1). On RV32 aligned accesses have at most 4 bytes, so no entry can end inside one.
 */
const changed = () => {
	let strict = constant(0, 1);
	for (const i of entries) {
		const inside = XLEN == 32 ? constant(0, 1) : bit(pmpaddr[i], 0) | (i > 0 ? bit(pmpaddr[i - 1], 0) : constant(0, 1));
		const na4 = constant(XLEN == 32 ? 0 : 1, 1);
		const how = matching(i);
		strict = strict | (how == Match.OFF ? constant(0, 1) : bit(pmpcfg[i], 7) | (how == Match.TOR ? inside : how == Match.NA4 ? na4 : constant(0, 1)));
	}
	pmp.pmpstrict = strict;
};

/** All entries off and unlocked (3.4). */
export const resetPmp = () => {
	for (const i of entries) {
		pmpcfg[i] = constant(0, 8);
		pmpaddr[i] = constant(0, XLEN);
	}
	changed();
};

/** Bits 6:5 of a configuration are 0. W without R is reserved: R, W and X then stay as they were (WARL). A locked entry stays as it is (3.7.1). */
const configure = (i, value) => {
	if (!locked(i)) {
		const reserved = bits(value, 1, 0) == 2;
		pmpcfg[i] = cat(bit(value, 7), constant(0, 2), bits(value, 4, 3), reserved ? bits(pmpcfg[i], 2, 0) : bits(value, 2, 0));
	}
};

// pmpcfg0 to pmpcfg3: four configurations each; on RV64 only the even ones exist, with eight each (3.7.1).
const each = XLEN / 8;
for (const register of range(count / each)) {
	const held = range(each).map((k) => register * each + k);
	entry(csr, 0x3a0 + (register * each) / 4, `pmpcfg${(register * each) / 4}`, {
		read: () => cat(...held.map((i, k) => pmpcfg[held[each - 1 - k]])),
		write: (value) => {
			for (const i of held) configure(i, bits(value, 8 * (i - held[0]) + 7, 8 * (i - held[0])));
			changed();
		},
	});
}

// pmpaddr0 to pmpaddr15: bits 33:2 of an address on RV32, 55:2 on RV64 (3.7.1).
for (const i of entries) {
	entry(csr, 0x3b0 + i, `pmpaddr${i}`, {
		read: () => pmpaddr[i],
		write: (value) => {
			if (!addressLocked(i)) pmpaddr[i] = XLEN == 64 ? zext(bits(value, 53, 0), XLEN) : value;
			changed();
		},
	});
}

/**
 * bits(1): may `mode` access `bytes` at physical `address`? The entry with the lowest number that matches any byte decides; it must match all of them.
 * `permission` is the number of the bit R, W or X. Without any match only M mode may (3.7.1).
 */
export const permitted = (mode, address, bytes, permission) => {
	const end = address + zext(bytes, 64);
	let answer = zext(mode == Mode.M, 1);
	for (const i of entries.map((k) => count - 1 - k)) {
		const how = matching(i);
		// most entries are off, and a page walk asks for every table it reads
		if (how != Match.OFF) {
			const top = zext(pmpaddr[i], 64);
			const bottom = i > 0 ? zext(pmpaddr[i - 1], 64) : constant(0, 64);
			/** The low ones of a NAPOT address and the 0 above them. */
			const ones = top ^ (top + 1);
			const first = (how == Match.TOR ? bottom : how == Match.NA4 ? top : top & ~ones) << 2;
			const after = (how == Match.TOR ? top : how == Match.NA4 ? top + 1 : (top & ~ones) + ones + 1) << 2;
			// a TOR entry that ends before it starts matches nothing
			const some = u(first) < u(after) && u(address) < u(after) && u(end) > u(first);
			const whole = u(address) >= u(first) && u(end) <= u(after);
			const may = ((pmpcfg[i] >>> permission) & 1) == 1 || (mode == Mode.M && !locked(i));
			answer = some ? zext(whole && may, 1) : answer;
		}
	}
	return answer == 1;
};
