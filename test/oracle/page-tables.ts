/** Random page tables for promise C2: what may stand in them by the manual and what may not, as (address, entry) pairs. */
import type { Random } from "../ir/random.ts";

export interface Paging {
	readonly name: string;
	readonly levels: number;
	readonly indexBits: number;
	readonly entryBytes: 4 | 8;
	/** satp for a root at physical `root` and an address space. */
	readonly satp: (root: bigint, asid: bigint) => bigint;
}
const sv64 = (name: string, levels: number, mode: bigint): Paging => ({
	...{ name, levels, indexBits: 9, entryBytes: 8 },
	satp: (root, asid) => (mode << 60n) | ((asid & 0xffffn) << 44n) | (root >> 12n),
});
export const pagings: Readonly<Record<32 | 64, readonly Paging[]>> = {
	32: [{ name: "Sv32", levels: 2, indexBits: 10, entryBytes: 4, satp: (root, asid) => (1n << 31n) | ((asid & 0x1ffn) << 22n) | (root >> 12n) }],
	64: [sv64("Sv39", 3, 8n), sv64("Sv48", 4, 9n), sv64("Sv57", 5, 10n)],
};

/** Bits of an entry. */
export const Pte = { V: 1n, R: 2n, W: 4n, X: 8n, U: 16n, G: 32n, A: 64n, D: 128n } as const;
const pageBits = 12n;

export class PageTables {
	readonly entries: { readonly address: bigint; readonly value: bigint }[] = [];
	private readonly tables: bigint[];
	private readonly random: Random;
	readonly paging: Paging;

	/** Tables are taken one after the other from physical `root` on. */
	constructor(random: Random, paging: Paging, root: bigint) {
		this.random = random;
		this.paging = paging;
		this.tables = [root];
	}

	get root(): bigint {
		return this.tables[0] as bigint;
	}
	/** Bits of an address below those that choose an entry of the root. */
	get topShift(): bigint {
		return pageBits + BigInt(this.paging.indexBits * (this.paging.levels - 1));
	}

	/** A virtual address with its upper bits made copies of its top one. */
	canonical(address: bigint): bigint {
		const { levels, indexBits, entryBytes } = this.paging;
		const bits = 12 + indexBits * levels;
		return entryBytes === 4 ? address & 0xffffffffn : BigInt.asUintN(64, BigInt.asIntN(bits, address));
	}

	private put(table: bigint, level: number, address: bigint, value: bigint): void {
		const { indexBits, entryBytes } = this.paging;
		const index = (address >> (pageBits + BigInt(indexBits * level))) & ((1n << BigInt(indexBits)) - 1n);
		const at = table + index * BigInt(entryBytes);
		if (!this.entries.some((entry) => entry.address === at)) this.entries.push({ address: at, value: BigInt.asUintN(entryBytes * 8, value) });
	}
	private entry(physical: bigint, flags: bigint): bigint {
		return ((physical >> pageBits) << 10n) | flags;
	}
	private fresh(): bigint {
		const table = this.root + BigInt(this.tables.length) * 4096n;
		this.tables.push(table);
		return table;
	}
	private size(level: number): bigint {
		return 1n << (pageBits + BigInt(this.paging.indexBits * level));
	}

	/** G, A, D and the bits left to software, as they come. */
	private unimportant(): bigint {
		return BigInt(this.random.below(32)) << 5n;
	}
	/** What a leaf may say: mostly something useful for that kind of page. Above the last level never a good pointer: what is in the page is no table. */
	private leaf(user: boolean, level: number): bigint {
		const { random } = this;
		const rights = random.pick([
			Pte.R | Pte.W | Pte.X,
			Pte.R | Pte.W,
			Pte.R | Pte.W,
			Pte.R | Pte.W,
			Pte.R,
			Pte.X,
			Pte.R | Pte.X,
			random.pick([level === 0 ? 0n : Pte.A, Pte.W, Pte.W | Pte.X]),
		]);
		const who = user !== random.once(6) ? Pte.U : 0n;
		return (random.once(16) ? 0n : Pte.V) | rights | who | this.unimportant();
	}
	/** Nothing that translates: not valid, W without R, reserved bits, a pointer with A, D or U, a table where there should be none left. */
	private refused(): bigint {
		const { random } = this;
		const wrong = [0n, BigInt(random.word() >>> 0) & ~Pte.V, Pte.V | Pte.W, Pte.V | Pte.W | Pte.X, ...[Pte.A, Pte.D, Pte.U].map((bit) => Pte.V | bit)];
		if (this.paging.entryBytes === 8) wrong.push(Pte.V | Pte.R | Pte.W | Pte.A | Pte.D | (1n << BigInt(54 + random.below(10))));
		return this.entry(this.root, 0n) | random.pick(wrong);
	}

	/** One page or superpage (`level` > 0) at a virtual address. `virtual` and `physical` are alike in the bits below its size. */
	map(virtual: bigint, physical: bigint, flags: bigint, level = 0): void {
		let table = this.root;
		for (let l = this.paging.levels - 1; l > level; l--) {
			const { indexBits, entryBytes } = this.paging;
			const index = (virtual >> (pageBits + BigInt(indexBits * l))) & ((1n << BigInt(indexBits)) - 1n);
			const found = this.entries.find((entry) => entry.address === table + index * BigInt(entryBytes));
			if (found) table = (found.value >> 10n) << pageBits;
			else {
				const next = this.fresh();
				this.put(table, l, virtual, this.entry(next, Pte.V));
				table = next;
			}
		}
		this.put(table, level, virtual, this.entry(physical & ~(this.size(level) - 1n), flags));
	}

	/**
	 * Eight pages from `virtual` on, mapped to physical pages from `physical` on in any order, missing, forbidden, twice, or as part of a larger page:
	 * below the size of an entry of the root, `virtual` and `physical` are alike.
	 */
	window(virtual: bigint, physical: bigint, user: boolean): void {
		const { random } = this;
		let table = this.root;
		for (let level = this.paging.levels - 1; level > 0; level--) {
			const draw = random.below(40);
			if (draw < 6) {
				// a larger page, sometimes one that does not start where it should
				const start = (physical & ~(this.size(level) - 1n)) | (random.once(5) ? BigInt(1 + random.below(511)) << pageBits : 0n);
				this.put(table, level, virtual, this.entry(start, this.leaf(user, level)));
				return;
			}
			if (draw < 8) {
				this.put(table, level, virtual, this.refused());
				return;
			}
			if (draw < 10) {
				// a table that is one already, of any level; the root's larger pages would become small ones, where the program itself lies
				const next = this.tables.length > 1 ? random.pick(this.tables.slice(1)) : this.fresh();
				this.put(table, level, virtual, this.entry(next, Pte.V));
				this.put(next, level - 1, virtual, this.entry(next, Pte.V));
				return;
			}
			const next = this.fresh();
			this.put(table, level, virtual, this.entry(next, Pte.V | (BigInt(random.below(4)) << 8n)));
			table = next;
		}
		for (let page = 0n; page < 8n; page++) {
			const value = random.once(12) ? this.refused() : this.entry(physical + (BigInt(random.below(8)) << pageBits), this.leaf(user, 0));
			this.put(table, 0, virtual + (page << pageBits), value);
		}
	}
}
