/** Random streams under page tables for promise C2: an ISA and a seed in, the sections that supervisor.S runs out. The addresses are those of supervisor.ld. */
import type { InstructionSpec, Isa } from "../../jit/spec/isa.ts";
import type { Random } from "../ir/random.ts";
import { PageTables, type Paging, Pte, pagings } from "./page-tables.ts";
import { makeStream, type Stream, type StreamRules } from "./streams.ts";

const at = { tables: 0x80100000n, pages: 0x80800000n, code: 0x80a00000n, trap: 0x80008000n, saved: 0x8000a000n };
const tablePages = 16;
const pageBytes = 4096;
/** A stream of 32 instructions and the one that ends it. */
const streamBytes = 32 * 4 + 4;

/** A record is what supervisor.S reads: 14 words, 32 registers, 40 pairs (address, entry). A result is what it writes. */
const recordWords = 126;
const mostEntries = 40;
export const result = {
	words: 248,
	names: [
		"traps",
		...Array.from({ length: 31 }, (_, i) => `x${i + 1}`),
		...["sstatus", "sie", "sip", "stvec", "sscratch", "sepc", "scause", "stval", "satp", "scounteren", "mstatus", "mie", "memory", "-", "-", "-"],
	],
	entries: 48,
	log: 88,
} as const;

type Level = "M" | "S" | "U";

/** Registers that point into the windows: the first two are aligned; where each CSR's values come from; where the handler saves registers. */
const bases = [2, 8, 9, 15];
const aligned = [2, 8];
const sourceOf: Readonly<Record<number, number>> = { 256: 28, 262: 28, 768: 28, 384: 29, 261: 30, 321: 27 };
const saved = 31;
const csr = { sstatus: 0x100, stvec: 0x105, sepc: 0x141, satp: 0x180, mstatus: 0x300, nothing: 0x123 };

const common = [csr.sstatus, csr.sstatus, 0x104, csr.stvec, 0x106, 0x140, 0x140, csr.sepc, 0x142, 0x143, 0x144, 0x144, csr.satp, csr.satp, csr.nothing];
const entriesOf: Readonly<Record<Level, readonly number[]>> = { M: [...common, csr.mstatus, csr.mstatus], S: [...common, 0x342], U: [...common, 0x300] };

/** A CSR instruction whose value comes from where it may. A TVM of 1 makes QEMU 7.2 trap only on what changes satp: it is always read, too. */
function adjustCsr(spec: InstructionSpec, operands: number[], random: Random, mayReturn: boolean): boolean {
	const [rd, number] = ["rd", "csr"].map((name) => spec.operands.findIndex((o) => o.name === name)) as [number, number];
	const index = operands[number] as number;
	const immediate = spec.name.endsWith("i");
	const source = spec.operands.findIndex((o) => o.name === (immediate ? "zimm" : "rs1"));
	const own = sourceOf[index];
	// S mode gets back to what it ran before only by way of SPP: never both in one stream, or it could go round for ever
	if (mayReturn && index === csr.sstatus) return false;
	if (own === undefined) return true;
	if (index === csr.satp && operands[rd] === 0) return false;
	const only = index === csr.satp || index === csr.stvec || index === csr.sepc;
	if (index === csr.mstatus) return !immediate && !spec.name.startsWith("csrrw") && (operands[source] = random.once(4) ? 0 : own) >= 0;
	if (spec.name.startsWith("csrrw")) {
		if (immediate) return !only;
		operands[source] = own;
	} else operands[source] = only || random.once(3) ? 0 : immediate ? (operands[source] as number) : own;
	return true;
}

function rulesOf(level: Level, mayReturn: boolean, skip: (spec: InstructionSpec) => boolean): StreamRules {
	const left = level === "M" ? /^(mret|sret)$/ : level === "S" && !mayReturn ? /^sret$/ : /^$/;
	return {
		bases,
		kept: [27, 28, 29, 30, saved],
		destinations: ["rd", "rds"],
		base: "rs1",
		entries: entriesOf[level],
		skip: (spec) => left.test(spec.name) || skip(spec),
		adjust: (spec, operands, random) => {
			if (spec.name.startsWith("csrr")) return adjustCsr(spec, operands, random, mayReturn);
			// where a misaligned one fails, and how, is the implementation's
			if (/^(amo|lr\.|sc\.)/.test(spec.name)) operands[spec.operands.findIndex((o) => o.name === "rs1")] = random.pick(aligned);
			return true;
		},
	};
}

/** Places for code: most inside a page; some at the end of one, going on at the start of the next one or of another. */
class CodePlaces {
	private page = 0;
	private offset = streamBytes + 4;
	private ends = 0;
	private readonly random: Random;
	constructor(random: Random) {
		this.random = random;
	}
	get pages(): number {
		return Math.max(this.page + 1, Math.ceil(this.ends / 3) * 3);
	}
	/** Offset of the stream's first byte; the page of the part that lies behind a page edge, or -1. */
	take(bytes: number, mayCross: boolean): { offset: number; second: number } {
		if (mayCross && this.random.once(8)) {
			const end = this.ends++;
			const here = 2 * (1 + this.random.below(bytes / 2 - 1));
			const second = end - (end % 3) + [1, 0, 2][end % 3]!;
			return { offset: (end + 1) * pageBytes - here, second };
		}
		if (this.offset + 2 * streamBytes + 8 > pageBytes) {
			this.page++;
			this.offset = streamBytes + 4;
		}
		const offset = this.page * pageBytes + this.offset;
		this.offset += bytes + 2 * this.random.below(8);
		return { offset, second: -1 };
	}
}

export interface Sections {
	readonly tables: Uint8Array;
	readonly pages: Uint8Array;
	readonly code: Uint8Array;
	readonly records: Uint8Array;
	readonly streams: readonly SupervisorStream[];
}

/** What a comparison has to know of a stream. */
export interface SupervisorStream {
	/** One line for the message when it differs. */
	readonly text: string;
	/** Address of its first instruction, and all of them. */
	readonly entry: bigint;
	readonly bytes: readonly number[];
	/** Physical address of each entry of its page tables. */
	readonly entries: readonly bigint[];
}

export function makeSections(isa: Isa, xlen: 32 | 64, random: Random, count: number, skip: (spec: InstructionSpec) => boolean): Sections {
	const word = xlen / 8;
	const mask = (1n << BigInt(xlen)) - 1n;
	const records = new Uint8Array((count * recordWords + 1) * word);
	const code = new Uint8Array((Math.ceil(count / 8) + 3 + Math.ceil(count / 16)) * pageBytes);
	const places = new CodePlaces(random);
	const streams: SupervisorStream[] = [];
	const write = (bytes: Uint8Array, offset: number, value: bigint): void => {
		for (let i = 0; i < word; i++) bytes[offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
	};
	for (let n = 0; n < count; n++) {
		const one = makeOne(isa, xlen, random, places, code, skip);
		streams.push(one.stream);
		const values = [...one.words, ...one.registers, ...one.entries.flatMap((entry) => [entry.address, entry.value])];
		for (const [i, value] of values.entries()) write(records, (n * recordWords + i) * word, value & mask);
	}
	// what every table of a stream begins with: the program itself, where it lies
	const tables = new Uint8Array(tablePages * pageBytes);
	const global = Pte.V | Pte.R | Pte.W | Pte.X | Pte.G | Pte.A | Pte.D;
	if (xlen === 32) for (let i = 0n; i < 16n; i++) write(tables, (0x200 + Number(i)) * 4, ((0x80000n + i * 0x400n) << 10n) | global);
	else {
		write(tables, 0, global);
		write(tables, 2 * 8, (0x80000n << 10n) | global);
	}
	const pages = Uint8Array.from({ length: 8 * pageBytes }, () => random.word() & 0xff);
	return { tables, pages, code: code.subarray(0, places.pages * pageBytes), records, streams };
}

function makeOne(isa: Isa, xlen: 32 | 64, random: Random, places: CodePlaces, code: Uint8Array, skip: (spec: InstructionSpec) => boolean) {
	const paging: Paging = random.pick(pagings[xlen]);
	const tables = new PageTables(random, paging, at.tables);
	const level: Level = random.pick(["S", "S", "S", "U", "U", "M"]);
	const user = level !== "S" && !(level === "M" && random.once(2));
	const mayReturn = level === "S" && random.once(3);
	const stream: Stream = makeStream(isa, rulesOf(level, mayReturn, skip), random, 32);
	const bytes = [...stream.bytes, 0x73, 0x00, 0x10, 0x00];
	const { offset, second } = places.take(bytes.length, level !== "M");
	const here = second < 0 ? bytes.length : pageBytes - (offset % pageBytes);
	code.set(bytes.slice(0, here), offset);
	if (second >= 0) code.set(bytes.slice(here), second * pageBytes);

	// windows of the root: two with data, one with the code
	const roots: bigint[] = [];
	while (roots.length < 3) {
		const root = xlen === 32 ? 0x300n + BigInt(random.below(256)) : random.once(3) ? 504n + BigInt(random.below(8)) : 4n + BigInt(random.below(4));
		if (!roots.includes(root)) roots.push(root);
	}
	const below = (1n << tables.topShift) - 1n;
	const windowAt = (root: bigint, physical: bigint): bigint => tables.canonical((root << tables.topShift) | (physical & below));
	const data = roots.slice(0, 2).map((root) => windowAt(root, at.pages)) as [bigint, bigint];
	for (const virtual of data) tables.window(virtual, at.pages, user);

	const physical = at.code + BigInt(offset);
	let entry = physical;
	if (level !== "M") {
		const flags = (): bigint =>
			(random.once(24) ? Pte.V | Pte.R : Pte.V | Pte.X) |
			(user !== random.once(24) ? Pte.U : 0n) |
			(BigInt(random.below(32)) << 5n) |
			(random.once(2) ? Pte.R : 0n);
		const root = roots[2] as bigint;
		const follows = second < 0 || second === Math.floor(offset / pageBytes) + 1;
		const large = follows && random.once(5) ? 1 + random.below(paging.levels - 1) : 0;
		// a large page has code and address alike in all bits below its size; small ones lie behind the data's pages
		entry = windowAt(root, large > 0 ? physical : at.pages + 8n * 4096n + (physical & 0xfffn));
		tables.map(entry, physical, flags(), large);
		if (second >= 0 && large === 0 && !random.once(12)) tables.map(entry + 4096n, at.code + BigInt(second * pageBytes), flags());
	}
	const end = entry + BigInt(stream.starts[32] as number);
	const someStart = (): bigint => entry + BigInt(random.pick(stream.starts));

	const bit = (odds: number, value: bigint): bigint => (random.once(odds) ? value : 0n);
	const tsr = bit(8, 1n << 22n);
	// TVM, SPP, SPIE, SUM, MXR; an S handler returns with SRET, which TSR forbids
	let mstatus = bit(8, 1n << 20n) | tsr | bit(2, 1n << 8n) | bit(2, 1n << 5n) | bit(2, 1n << 18n) | bit(2, 1n << 19n) | bit(2, 1n << 1n) | bit(2, 1n << 7n);
	mstatus |= level === "M" ? (3n << 11n) | (1n << 17n) : level === "S" ? 1n << 11n : 0n;
	const delegated = tsr === 0n && !random.once(4);
	// never to S mode: calls of S mode, by which its handler ends a stream
	const medeleg = delegated ? BigInt(random.word() & 0xb1ff) | (random.once(2) ? 0xb000n : 0n) : 0n;
	const interrupts = random.once(4);
	const some = (): bigint => BigInt(random.word() & 0x222);
	const asid = (): bigint => BigInt(random.word() & 0xffff);
	const otherSatp = (): bigint => {
		switch (random.below(8)) {
			case 0:
				return 0n;
			case 1:
				return random.pick(pagings[xlen]).satp(tables.root, asid());
			case 2:
				// on RV64 no kind of paging that there is
				return xlen === 64 ? (BigInt(random.pick([1, 2, 7, 11, 15])) << 60n) | (tables.root >> 12n) : 0n;
			default:
				return paging.satp(tables.root, asid());
		}
	};
	const registers = Array.from({ length: 32 }, (): bigint => {
		const [lo, hi] = random.bits(xlen);
		return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
	});
	const pageOf = (): bigint => random.pick(data) + BigInt((1 + random.below(6)) * pageBytes);
	for (const base of bases) {
		registers[base] = pageOf() + BigInt(aligned.includes(base) ? 8 * random.below(512) : random.below(19) - 9);
		if (xlen === 64 && random.once(40)) registers[base] = (registers[base] as bigint) ^ (1n << BigInt(tables.topShift + 9n + BigInt(random.below(6))));
	}
	registers[sourceOf[csr.sstatus] as number] =
		level === "M"
			? bit(2, 1n << 11n) | bit(4, 1n << 17n) | bit(2, 1n << 18n) | bit(2, 1n << 19n)
			: bit(2, 1n << 8n) | bit(2, 1n << 1n) | bit(2, 1n << 5n) | bit(2, 1n << 18n) | bit(2, 1n << 19n) | (BigInt(random.word()) & 0x15n);
	registers[sourceOf[csr.satp] as number] = otherSatp();
	registers[sourceOf[csr.stvec] as number] = at.trap + BigInt(random.below(4));
	registers[sourceOf[csr.sepc] as number] = mayReturn ? someStart() : end;
	registers[saved] = at.saved;
	const satp = paging.satp(tables.root, asid());
	const words = [
		...[entry, end, mstatus, satp, medeleg, delegated ? some() : 0n, interrupts ? some() : 0n, interrupts ? some() : 0n],
		...[at.trap + BigInt(random.below(2)), mayReturn ? someStart() : end, registers[5] as bigint, registers[28] as bigint],
		...[BigInt(tables.entries.length), 0n],
	];
	if (tables.entries.length > mostEntries) throw new Error(`${tables.entries.length} entries of page tables, room for ${mostEntries}`);
	const text = `${level} mode, ${paging.name}, at ${entry.toString(16)}, medeleg ${medeleg.toString(16)}, mstatus ${mstatus.toString(16)}`;
	return { words, registers, entries: tables.entries, stream: { text, entry, bytes, entries: tables.entries.map(({ address }) => address) } };
}
