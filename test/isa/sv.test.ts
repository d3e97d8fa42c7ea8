import { describe, expect, it } from "vitest";
import { createRiscv } from "./riscv.ts";

const seed = Number(process.env.DOPPEL_SEED ?? 20261123);
const rounds = Number(process.env.DOPPEL_SV ?? 150);

/** Numbers below n, the same for the same seed. */
function randomSource(from: number): (n: number) => number {
	let state = from >>> 0;
	return (n) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * n);
	};
}

type Answer = { value: bigint } | { cause: bigint; of: bigint };
interface Access {
	readonly address: bigint;
	/** 0 fetch, 1 load, 2 store */
	readonly access: number;
	readonly mode: number;
	readonly sum: boolean;
	readonly mxr: boolean;
	/** menvcfg: entries may name memory types (Svpbmt); the walk sets A and D (Svadu) */
	readonly types: boolean;
	readonly updates: boolean;
}
const V = 1;
const [R, W, X, U, A, D] = [2, 4, 8, 16, 64, 128];

/** The algorithm of the manual (privileged 1.12, 4.3.2; on RV64 with Svnapot and Svpbmt, chapters 5 and 6), step by step. `entries`: read and write a table; `may`: PMP. */
function translated(
	o: Access & { xlen: number; levels: number; root: bigint },
	entries: { read(at: bigint): bigint; write(at: bigint, value: bigint): void },
	may: (at: bigint, bytes: bigint, permission: number) => boolean,
): Answer {
	const { xlen, address, access } = o;
	const [bits, size] = xlen === 64 ? [9n, 8n] : [10n, 4n];
	const pageFault = { cause: [12n, 13n, 15n][access]!, of: address };
	const accessFault = { cause: [1n, 5n, 7n][access]!, of: address };
	const width = 12n + bits * BigInt(o.levels);
	if (xlen === 64 && BigInt.asUintN(64, BigInt.asIntN(Number(width), address)) !== address) return pageFault;
	let table = o.root * 4096n;
	for (let i = o.levels - 1; i >= 0; i--) {
		const low = 12n + bits * BigInt(i);
		const at = table + ((address >> low) & ((1n << bits) - 1n)) * size;
		if (!may(at, size, 0)) return accessFault;
		const pte = entries.read(at);
		const flags = Number(pte & 255n);
		if (!(flags & V) || (!(flags & R) && flags & W)) return pageFault;
		const type = xlen === 64 ? (pte >> 61n) & 3n : 0n;
		const contiguous = xlen === 64 && pte >> 63n === 1n;
		if (xlen === 64 && (((pte >> 54n) & 127n) !== 0n || type === 3n || (type !== 0n && !o.types))) return pageFault;
		const ppn = (pte >> 10n) & ((1n << (xlen === 64 ? 44n : 22n)) - 1n);
		if (!(flags & (R | X))) {
			if (flags & (A | D | U) || i === 0 || contiguous || type !== 0n) return pageFault;
			table = ppn * 4096n;
			continue;
		}
		const right = access === 0 ? flags & X : access === 1 ? flags & R || (o.mxr && flags & X) : flags & W;
		if (!right) return pageFault;
		if (o.mode === 0 ? !(flags & U) : flags & U && (access === 0 || !o.sum)) return pageFault;
		if (ppn % (1n << (bits * BigInt(i))) !== 0n) return pageFault;
		if (contiguous && (i !== 0 || ppn % 16n !== 8n)) return pageFault;
		const wanted = BigInt(access === 2 ? A | D : A);
		if ((pte & wanted) !== wanted) {
			if (!o.updates) return pageFault;
			if (!may(at, size, 1)) return accessFault;
			entries.write(at, pte | wanted);
		}
		const value = contiguous ? (ppn - 8n) * 4096n + (address & 0xffffn) : ppn * 4096n + (address & ((1n << low) - 1n));
		return may(value, 1n, [2, 0, 1][access]!) ? { value } : accessFault;
	}
	return pageFault;
}

const kinds = [
	[32, 1, 2],
	[64, 8, 3],
	[64, 9, 4],
	[64, 10, 5],
] as const;

describe.each(kinds)("page tables of RV%i, kind %i with %i levels", (xlen, kind, levels) => {
	const width = xlen / 8;
	it("are walked as the manual does it, in random memory full of entries", () => {
		const random = randomSource(seed + kind);
		const p = createRiscv(xlen);
		const memory = p.bare.spaces[0]!;
		const read = (at: bigint): bigint => Array.from({ length: width }, (_, i) => BigInt(memory[Number(at) + i]!) << BigInt(8 * i)).reduce((a, b) => a | b);
		let passed = 0;
		for (let round = 0; round < rounds; round++) {
			p.bare.reset();
			// few different tables and few different indices, so that walks go deep and come back
			const index = () => (random(4) === 0 ? 2 ** (xlen === 64 ? 9 : 10) - 1 : random(2));
			for (let page = 0; page < 16; page++) {
				for (const i of [0, 1, 2 ** (xlen === 64 ? 9 : 10) - 1]) {
					const pointer = random(3) > 0;
					const usual = pointer ? V : V | R | [0, W, X, W | X][random(4)]! | [0, A, A | D][random(3)]! | [0, U][random(2)]!;
					const flags = random(12) === 0 ? random(256) : usual;
					const leaf = (flags & (R | X)) !== 0;
					const ppn = leaf && random(4) > 0 ? BigInt(random(4)) << BigInt((xlen === 64 ? 9 : 10) * random(Math.min(levels, 4))) : BigInt(random(16));
					const high = xlen === 64 && random(20) === 0 ? 1n << BigInt(54 + random(10)) : 0n;
					// a contiguous page as it should be, and with another size now and then
					const contiguous = xlen === 64 && leaf && random(8) === 0 ? (1n << 63n) | (BigInt(random(6) === 0 ? random(16) : 8) << 10n) : 0n;
					const pte = high | contiguous | (ppn << 10n) | BigInt(flags);
					for (let k = 0; k < width; k++) memory[page * 4096 + i * width + k] = Number((pte >> BigInt(8 * k)) & 255n);
				}
			}
			let address = BigInt(random(4096));
			for (let level = 0; level < levels; level++) address |= BigInt(index()) << BigInt(12 + level * (xlen === 64 ? 9 : 10));
			const span = 12 + 9 * levels;
			if (xlen === 64) address = BigInt.asUintN(64, random(16) === 0 ? address ^ (1n << BigInt(span - 1 + random(64 - span))) : BigInt.asIntN(span, address));
			const root = BigInt(random(16));
			// one page of memory with rights of its own, all of the rest with all
			const held = random(4) === 0 ? { page: BigInt(random(16)), rights: [0, 1, 3, 4, 5][random(5)]! } : { page: -1n, rights: 0 };
			if (held.page >= 0n) {
				p.set("pmpaddr0", (held.page << 10n) | 0x1ffn);
				p.set("pmpcfgbyte0", 0x18 | held.rights);
			}
			p.set("pmpaddr1", xlen === 64 ? (1n << 54n) - 1n : 0xffffffffn);
			p.set("pmpcfgbyte1", 0x1f);
			p.set("satp", xlen === 64 ? (BigInt(kind) << 60n) | root : (1n << 31n) | root);
			const mprv = random(2) === 1;
			const one: Access = {
				address,
				access: random(mprv ? 2 : 3) + (mprv ? 1 : 0),
				mode: random(2),
				sum: random(2) === 1,
				mxr: random(2) === 1,
				types: random(2) === 1,
				updates: random(3) > 0,
			};
			p.set("mode", mprv ? 3 : one.mode);
			p.set("MPRV", mprv ? 1 : 0);
			p.set("MPP", mprv ? one.mode : random(4));
			p.set("SUM", one.sum ? 1 : 0);
			p.set("MXR", one.mxr ? 1 : 0);
			p.set("menvcfg", (one.types ? 1n << 62n : 0n) | (one.updates ? 1n << 61n : 0n));
			const before = memory.slice();
			const model = memory.slice();
			const wanted = translated(
				{ ...one, xlen, levels, root },
				{
					read,
					write: (at, value) => {
						for (let k = 0; k < width; k++) model[Number(at) + k] = Number((value >> BigInt(8 * k)) & 255n);
					},
				},
				(at, bytes, permission) => at / 4096n !== held.page || (at + bytes - 1n) / 4096n !== held.page || ((held.rights >> permission) & 1) === 1,
			);
			const found = p.call("translate", address, BigInt(one.access), 1n);
			const about = `seed ${seed}, round ${round}: address ${address.toString(16)} root ${root} ${JSON.stringify({ ...one, address: 0, mprv, held: String(held.page), rights: held.rights })}`;
			expect({ about, ...found }).toEqual({ about, ...wanted });
			const changed = (now: Uint8Array) => [...now.keys()].filter((i) => now[i] !== before[i]).map((i) => [i, now[i]]);
			expect({ about, changed: changed(memory) }).toEqual({ about, changed: changed(model) });
			if ("value" in wanted) passed++;
		}
		// a test in which nothing is ever allowed would show little
		expect(passed).toBeGreaterThan(rounds / 20);
	});
	it("do nothing in M mode, and nothing when satp asks for none", () => {
		const p = createRiscv(xlen);
		p.set("satp", xlen === 64 ? BigInt(kind) << 60n : 1n << 31n);
		expect(p.call("translate", 0x1234n, 1n, 1n)).toEqual({ value: 0x1234n });
		p.set("satp", 3);
		p.set("mode", 1);
		p.set("pmpaddr0", 0xffffffffn);
		p.set("pmpcfgbyte0", 0x1f);
		expect(p.call("translate", 0x1234n, 2n, 1n)).toEqual({ value: 0x1234n });
	});
});

describe("a fetch from an address that no page table can hold", () => {
	it.each([
		[8n, 1n << 38n, 12n],
		[8n, (1n << 63n) | 0x1000n, 12n],
		[0n, (1n << 63n) | 0x1000n, 1n],
		[9n, 1n << 38n, 1n],
	])("with satp's mode %i at %i is exception %i", (kind, address, cause) => {
		const p = createRiscv(64);
		p.set("satp", kind << 60n);
		p.set("mode", 1);
		expect(p.call("fault", 0n, 0n, address)).toEqual({ cause, of: address });
	});
});
