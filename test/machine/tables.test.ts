import { describe, expect, it } from "vitest";
import { at, Flag } from "./paged.ts";
import { type Bits, base, finish, ramBytes, runAlike } from "./rig.ts";

const { V, R, W, X, U, A, D } = Flag;
const leaf = V | R | W | X;
const log = 0x80040000;
const last = base + ramBytes - 4096;

type Kind = "load" | "store" | "fetch";
/** Causes of Volume II, table 3.6. An ECALL is where fetches are meant to get to. */
const access = { load: 5, store: 7, fetch: 1 };
const page = { load: 13, store: 15, fetch: 12 };
const ran = 9;

/** An address by its indices into the tables, the root's first. */
function address(bits: Bits, ...indices: bigint[]): bigint {
	const index = bits === 64 ? 9n : 10n;
	const size = index * BigInt(bits === 64 ? 3 : 2) + 12n;
	const whole = indices.reduce((sum, i) => (sum << index) | i, 0n) << 12n;
	return bits === 64 ? BigInt.asUintN(64, BigInt.asIntN(Number(size), whole)) : whole;
}
const entry = (physical: number, flags: number): bigint => (BigInt(physical) / 4096n) * 1024n + BigInt(flags);

interface Probe {
	/** Physical address of the root, and (address, entry) pairs written before. */
	readonly root?: number;
	readonly tables?: readonly (readonly [at: number, value: bigint])[];
	/** Assembly before anything is translated. */
	readonly before?: string;
	readonly accesses: readonly (readonly [Kind, bigint])[];
	/** Entries to read at the end. */
	readonly read?: readonly number[];
}

/**
 * A program in M mode that loads and stores as S mode by MPRV, and fetches by going there, and logs cause, value and what was loaded; answers the log.
 */
async function probe(bits: Bits, o: Probe): Promise<{ steps: { cause: number; value: bigint; loaded: bigint }[]; entries: bigint[] }> {
	const [store, load, size] = bits === 64 ? ["sd", "ld", 8] : ["sw", "lw", 4];
	const root = BigInt(o.root ?? at.root) / 4096n;
	const step = ([kind, to]: readonly [Kind, bigint], i: number): string => `
		li s8, 0
		li s9, 0
		li a2, 0
		la s3, after${i}
		li t0, ${to}
		li t1, 0x20800
		li t2, 0x1800
		csrc mstatus, t2
		${kind === "fetch" ? "li t1, 0x800\ncsrs mstatus, t1\ncsrw mepc, t0\nmret" : `csrs mstatus, t1\n${kind === "load" ? "lw a2, 0(t0)" : "sw t1, 0(t0)"}`}
	after${i}:
		li t1, 0x20000
		csrc mstatus, t1
		${store} s8, 0(s6)
		${store} s9, ${size}(s6)
		${store} a2, ${2 * size}(s6)
		addi s6, s6, ${3 * size}`;
	const text = `
		la t0, trap
		csrw mtvec, t0
		li t0, -1
		csrw pmpaddr7, t0
		li t0, 0x1f${"00".repeat(bits === 64 ? 7 : 3)}
		csrw ${bits === 64 ? "pmpcfg0" : "pmpcfg1"}, t0
		${(o.tables ?? []).map(([to, value]) => `li t0, ${to}\nli t1, ${value}\n${store} t1, 0(t0)`).join("\n")}
		li t0, ${at.a}
		li t1, 0x73
		sw t1, 0(t0)
		${o.before ?? ""}
		li t0, ${bits === 64 ? (8n << 60n) | root : (1n << 31n) | root}
		csrw satp, t0
		sfence.vma
		li s6, ${log}
		${o.accesses.map(step).join("\n")}
		${(o.read ?? []).map((from, i) => `li t0, ${from}\n${load} t1, 0(t0)\n${store} t1, ${i * size}(s6)`).join("\n")}
		li a0, 0
		${finish}
	.align 2
	trap:
		csrr s8, mcause
		csrr s9, mtval
		csrw mepc, s3
		li t2, 0x1800
		csrs mstatus, t2
		mret`;
	const { outcome, machine } = await runAlike(bits, text, 20_000);
	expect(outcome.result).toEqual({ reason: "exit", code: 0 });
	const { view, ram } = machine.memory;
	const word = (i: number): bigint => {
		const from = log - base + ram.offset + i * size;
		return bits === 64 ? view.getBigUint64(from, true) : BigInt(view.getUint32(from, true));
	};
	const steps = o.accesses.map((_, i) => ({ cause: Number(word(3 * i)), value: word(3 * i + 1), loaded: word(3 * i + 2) }));
	return { steps, entries: (o.read ?? []).map((_, i) => word(3 * o.accesses.length + i)) };
}

describe.each([64, 32] as const)("S6: page tables, rv%i", (bits: Bits) => {
	const size = bits / 8;
	const i = (n: number) => BigInt(n);
	/** All kinds of access to the same address. */
	const all = (to: bigint): (readonly [Kind, bigint])[] => (["load", "store", "fetch"] as const).map((kind) => [kind, to]);
	const refused = (causes: Record<Kind, number>, to: bigint) =>
		(["load", "store", "fetch"] as const).map((kind) => ({ cause: causes[kind], value: to, loaded: 0n }));
	/** Pointers from the root to a last table, and an address by way of index 5 of each. */
	const middle: (readonly [number, bigint])[] =
		bits === 64
			? [
					[at.root + 5 * 8, entry(at.middle, V)],
					[at.middle + 5 * 8, entry(at.low, V)],
				]
			: [[at.root + 5 * 4, entry(at.low, V)]];
	const to = (n: number): bigint => (bits === 64 ? address(64, i(5), i(5), i(n)) : address(32, i(5), i(n)));
	const slot = (n: number): number => at.low + n * size;

	it.each([
		["where nothing is", 0x40000000],
		["in a device", 0x10000000],
		["in the CLINT, where entries count up", 0x2000000 + 0x8000],
		["just behind RAM", base + ramBytes],
	])("a root %s is an access fault of the access that asked", async (_, root) => {
		expect((await probe(bits, { root, accesses: all(to(5)) })).steps).toMatchObject(refused(access, to(5)));
	});
	it.each([
		["where nothing is", 0x40000000],
		["in a device", 0x10000000],
		["just behind RAM", base + ramBytes],
		["as far away as can be said", bits === 64 ? 2 ** 56 - 4096 : 2 ** 34 - 4096],
	])("a table %s is an access fault of the access that asked", async (_, table) => {
		expect((await probe(bits, { tables: [[at.root + 5 * size, entry(table, V)]], accesses: all(to(5)) })).steps).toMatchObject(refused(access, to(5)));
	});
	it("tables in the last page of RAM, its last entry included, are tables like others", async () => {
		const top = bits === 64 ? 511 : 1023;
		const tables: [number, bigint][] =
			bits === 64
				? [
						[last + top * 8, entry(at.middle, V)],
						[at.middle, entry(last, V)],
					]
				: [];
		const where = bits === 64 ? address(64, i(top), 0n, 1n) : address(32, i(top), 0n);
		if (bits === 32) tables.push([last + top * 4, entry(at.low, V)], [at.low, entry(at.a, leaf)]);
		else tables.push([last + 8, entry(at.a, leaf)]);
		expect(
			(
				await probe(bits, {
					root: last,
					tables,
					accesses: [
						["load", where],
						["fetch", where],
					],
				})
			).steps,
		).toMatchObject([
			{ cause: 0, loaded: 0x73n },
			{ cause: ran, loaded: 0n },
		]);
	});
	it("a root that points to itself, at every level, is a page fault; what it says of itself as a page holds", async () => {
		const self: [number, bigint][] = [
			[at.root + 5 * size, entry(at.root, V)],
			[at.root + 6 * size, entry(base, leaf)],
		];
		const round = bits === 64 ? address(64, 5n, 5n, 5n) : address(32, 5n, 5n);
		// the last index finds a larger page's entry, which as a small one leads to its first 4 KiB: an instruction of the program, not 0
		const out = bits === 64 ? address(64, 5n, 5n, 6n) : address(32, 5n, 6n);
		const got = await probe(bits, { tables: self, accesses: [...all(round), ["load", out]], read: [at.root + 6 * size] });
		expect(got.steps.slice(0, 3)).toMatchObject(refused(page, round));
		expect(got.steps[3]).toMatchObject({ cause: 0, value: 0n });
		expect(got.steps[3]!.loaded).not.toBe(0n);
		expect(got.entries).toEqual([entry(base, leaf | A)]);
	});
	it("two tables that point to each other are a page fault", async () => {
		const tables: [number, bigint][] = [
			[at.root + 5 * size, entry(at.middle, V)],
			[at.middle + 5 * size, entry(at.root, V)],
		];
		const round = bits === 64 ? address(64, 5n, 5n, 5n) : address(32, 5n, 5n);
		expect((await probe(bits, { tables, accesses: all(round) })).steps).toMatchObject(refused(page, round));
	});
	it.each([
		["is not valid", 0],
		["is writable but not readable", V | W],
		["is writable and executable but not readable", V | W | X],
		["is a pointer where there can be none", V],
		["is for U mode", leaf | U],
	])("an entry that %s is a page fault and stays as it is", async (_, flags) => {
		const value = entry(at.a, flags);
		const got = await probe(bits, { tables: [...middle, [slot(7), value]], accesses: all(to(7)), read: [slot(7)] });
		expect(got.steps).toMatchObject(refused(page, to(7)));
		expect(got.entries).toEqual([value]);
	});
	it.each([
		["A", A],
		["D", D],
		["U", U],
	])("a pointer with %s is a page fault", async (_, flag) => {
		const tables: (readonly [number, bigint])[] = [[at.root + 5 * size, entry(at.middle, V | flag)], ...middle.slice(1), [slot(7), entry(at.a, leaf)]];
		expect((await probe(bits, { tables, accesses: all(to(7)) })).steps).toMatchObject(refused(page, to(7)));
	});
	it("a larger page that starts inside one is a page fault; one that starts where it should is a page, A and D in its one entry", async () => {
		const tables: [number, bigint][] = [
			[at.root + 6 * size, entry(base + 4096, leaf)],
			[at.root + 7 * size, entry(base, leaf)],
		];
		const inside = BigInt(at.a - base);
		const [bad, good] = [6n, 7n].map((n) => address(bits, ...(bits === 64 ? [n, 0n, 0n] : [n, 0n])) + inside) as [bigint, bigint];
		const got = await probe(bits, { tables, accesses: [...all(bad), ["fetch", good], ["store", good + 64n]], read: [at.root + 6 * size, at.root + 7 * size] });
		expect(got.steps.slice(0, 3)).toMatchObject(refused(page, bad));
		expect(got.steps.slice(3)).toMatchObject([{ cause: ran }, { cause: 0 }]);
		expect(got.entries).toEqual([entry(base + 4096, leaf), entry(base, leaf | A | D)]);
	});
	it("a page that leads out of RAM is an access fault at the address as it was written; A and D are set", async () => {
		const tables = [...middle, [slot(7), entry(base + ramBytes, leaf)] as const];
		const got = await probe(bits, { tables, accesses: all(to(7) + 8n), read: [slot(7)] });
		expect(got.steps).toMatchObject(refused(access, to(7) + 8n));
		expect(got.entries).toEqual([entry(base + ramBytes, leaf | A | D)]);
	});
	it("a device is reached through a page, and cannot be run", async () => {
		const tables = [...middle, [slot(7), entry(0x2000000, leaf)] as const];
		const got = await probe(bits, {
			tables,
			accesses: [
				["store", to(7)],
				["load", to(7)],
				["fetch", to(7)],
			],
		});
		expect(got.steps).toMatchObject([{ cause: 0 }, { cause: 0 }, { cause: 1, value: to(7) }]);
	});
	it("a right that is missing leaves A and D as they are", async () => {
		const tables: [number, bigint][] = [
			...middle.map(([where, value]): [number, bigint] => [where, value]),
			[slot(7), entry(at.a, V | R)],
			[slot(8), entry(at.a, V | X)],
		];
		const got = await probe(bits, {
			tables,
			accesses: [
				["store", to(7)],
				["fetch", to(7)],
				["load", to(8)],
				["store", to(8)],
			],
			read: [slot(7), slot(8)],
		});
		expect(got.steps.map(({ cause }) => cause)).toEqual([15, 12, 13, 15]);
		expect(got.entries).toEqual([entry(at.a, V | R), entry(at.a, V | X)]);
	});
	it("PMP rules over the walk: a table that S mode may not read, or one whose A it may not set, is an access fault", async () => {
		const only = (rights: number) => `
			li t0, ${Math.floor(at.low / 4) + 511}
			csrw pmpaddr0, t0
			li t0, ${0x18 | rights}
			csrs pmpcfg0, t0`;
		const tables: [number, bigint][] = [
			...middle.map(([where, value]): [number, bigint] => [where, value]),
			[slot(7), entry(at.a, leaf)],
			[slot(8), entry(at.a, leaf | A | D)],
		];
		const closed = await probe(bits, { tables, before: only(0), accesses: all(to(7)) });
		expect(closed.steps).toMatchObject(refused(access, to(7)));
		const fixed = await probe(bits, { tables, before: only(1), accesses: [...all(to(7)), ["load", to(8)], ["fetch", to(8)], ["store", to(8)]] });
		expect(fixed.steps.slice(0, 3)).toMatchObject(refused(access, to(7)));
		expect(fixed.steps.slice(3).map(({ cause }) => cause)).toEqual([0, ran, 0]);
	});
	if (bits === 64) {
		it("bits that mean nothing yet must be 0", async () => {
			for (const bit of [54n, 57n, 60n]) {
				const value = entry(at.a, leaf) | (1n << bit);
				const got = await probe(64, { tables: [...middle, [slot(7), value]], accesses: all(to(7)), read: [slot(7)] });
				expect(got.steps).toMatchObject(refused(page, to(7)));
				expect(got.entries).toEqual([value]);
			}
		});
		it("an address whose upper bits are not those of its top bit is a page fault, before any table is read", async () => {
			for (const bad of [1n << 39n, 1n << 38n, (1n << 64n) - (1n << 40n), 1n << 63n])
				expect((await probe(64, { root: 0x40000000, accesses: all(bad) })).steps).toMatchObject(refused(page, bad));
		});
	}
});
