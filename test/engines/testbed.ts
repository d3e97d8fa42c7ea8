/** An ISA in, one small machine out on which every engine can run the same region: shared memory, RAM with a flagged page, a port that fails in known places. */
import { Header, layOut, type StateLayout } from "../../jit/base/layout.ts";
import { clearLookup, enterLookup, Lookup } from "../../jit/base/lookup.ts";
import type { Environment, MemoryPort, SystemPort } from "../../jit/base/port.ts";
import { Status, statusNames } from "../../jit/base/status.ts";
import { createInterpreter, type Interpreter } from "../../jit/interpret/interpret.ts";
import type { Block, Region, Unit } from "../../jit/ir/block.ts";
import type { Op } from "../../jit/ir/op.ts";
import type { Isa } from "../../jit/spec/isa.ts";

const stateAt = 1024;
const flagsAt = 32 * 1024;
const tableAt = 40 * 1024;
const ramAt = 128 * 1024;
/** Of all memory spaces but the first together. */
const otherBytes = 65536;
const pageBytes = 4096;

export interface TestbedOptions {
	/** Guest address and size of RAM. */
	readonly base: number;
	readonly bytes: number;
	/** Pages of RAM whose stores take the slow path. */
	readonly flagged: readonly number[];
}

/** What a run came to, and every byte that it may have changed. `text` is for messages. */
export interface Outcome {
	readonly status: number;
	readonly state: Uint8Array;
	readonly ram: Uint8Array;
}

export class Testbed {
	readonly layout: StateLayout;
	readonly memory: WebAssembly.Memory;
	readonly env: Environment;
	readonly interpreter: Interpreter;
	readonly state = stateAt;
	/** Calls of the port since the last `reset`. */
	portCalls = 0;
	readonly #otherBytes: number;
	readonly #words: Int32Array;
	readonly #bytes: Uint8Array;
	readonly #changing: Uint8Array;

	constructor(
		readonly isa: Isa,
		readonly options: TestbedOptions,
	) {
		this.layout = layOut(isa.cells);
		const { base, bytes } = options;
		this.#otherBytes = isa.memories.length > 1 ? otherBytes : 0;
		this.memory = new WebAssembly.Memory({ initial: (ramAt + bytes + otherBytes + 65535) >>> 16 });
		this.#words = new Int32Array(this.memory.buffer);
		this.#bytes = new Uint8Array(this.memory.buffer);
		this.#changing = this.#bytes.subarray(ramAt, ramAt + bytes + this.#otherBytes);
		for (const page of options.flagged) this.#bytes[flagsAt + page] = 1;
		const port: MemoryPort = { load: (...a) => this.#load(...a), store: (...a) => this.#store(...a) };
		this.env = { memory: this.memory, ram: { base, bytes, offset: ramAt, pageFlags: flagsAt }, port };
		this.interpreter = createInterpreter(isa, this.layout, { memory: this.memory, port, system: noSystem });
	}

	/** Sets cells (as halves), budget and RAM; the header is cleared. `ram` and the other spaces together are `bytes` + 64 KiB. */
	reset(cells: readonly (readonly [lo: number, hi: number])[], budget: number, ram: Uint8Array): void {
		this.portCalls = 0;
		this.#bytes.fill(0, stateAt, stateAt + this.layout.bytes);
		cells.forEach(([lo, hi], i) => {
			this.#words[(stateAt + this.layout.offsets[i]) >> 2] = lo;
			this.#words[(stateAt + this.layout.offsets[i] + 4) >> 2] = hi;
		});
		this.#words[(stateAt + Header.budget) >> 2] = budget;
		this.#changing.set(ram);
		this.#words[(stateAt + Header.table) >> 2] = tableAt;
		clearLookup(this.#words, tableAt);
	}
	/** RAM and the other spaces as they are. */
	ram(): Uint8Array {
		return this.#changing.slice();
	}
	get ramBytes(): number {
		return this.#changing.length;
	}
	header(field: keyof typeof Header): number {
		return this.#words[(stateAt + Header[field]) >> 2];
	}
	cell(i: number): [lo: number, hi: number] {
		const at = (stateAt + this.layout.offsets[i]) >> 2;
		return [this.#words[at], this.#words[at + 1]];
	}
	/** pc as blocks have it. */
	get pc(): number {
		const [lo, hi] = this.cell(0);
		return this.isa.addressBits > 32 ? hi * 2 ** 32 + (lo >>> 0) : lo >>> 0;
	}
	get context(): number {
		return this.isa.contexts.reduce((word, { cell, shift }) => word | (this.cell(cell)[0] << shift), 0);
	}

	/** Runs a unit from a block of its region. */
	runUnit(unit: Unit, label = 0): Outcome {
		return this.outcome(unit.run(stateAt, label));
	}
	/**
	 * What a unit came to beside what the interpreter makes of the same start, which `from` sets up. A unit that checks accesses together may give an instruction back
	 * that the interpreter carries out: then it must have come to where the interpreter is just before that instruction. `gaveBack` says whether it did.
	 */
	compare(region: Region, label: number, wanted: Outcome, got: Outcome, from: () => void): { differences: string[]; gaveBack: boolean } {
		const given = this.header("budget");
		const differences = this.differences(wanted, got);
		if (differences.length === 0 || got.status !== Status.assist || !mayGiveBack(region, wanted.status)) return { differences, gaveBack: false };
		from();
		return { differences: this.differences(this.runInterpreted(region, label, this.header("budget") - given), got), gaveBack: true };
	}
	/** Runs the region as a unit would, block by block through the interpreter; after `most` instructions the next one is given back. */
	runInterpreted(region: Region, label = 0, most = Number.POSITIVE_INFINITY): Outcome {
		const budgetAt = (stateAt + Header.budget) >> 2;
		const budget = this.#words[budgetAt];
		const labels = new Map(region.blocks.map((block, i) => [`${block.pc}/${block.context}`, i]));
		for (;;) {
			const block = region.blocks[label];
			if (this.#words[budgetAt] < block.count) {
				this.#setPc(block.pc);
				return this.outcome(Status.budget);
			}
			const rest = most - (budget - this.#words[budgetAt]);
			const status = this.interpreter.run(rest < block.count ? firstOf(block, rest) : block, stateAt);
			this.#words[budgetAt] -= this.interpreter.retired;
			if (status !== Status.next) return this.outcome(status);
			// only known jumps stay in the region
			const next = block.end.kind === "jump" || block.end.kind === "branch" ? labels.get(`${this.pc}/${block.end.context}`) : undefined;
			if (next === undefined) return this.outcome(status);
			label = next;
		}
	}
	#setPc(pc: number): void {
		const at = (stateAt + this.layout.offsets[0]) >> 2;
		this.#words[at] = pc | 0;
		this.#words[at + 1] = this.isa.addressBits > 32 ? Math.floor(pc / 2 ** 32) | 0 : 0;
	}
	/** What there is now, as what a run came to. */
	outcome(status: number): Outcome {
		// What the header holds of earlier port calls and traps is nobody's business.
		const meaningful: Partial<Record<number, (keyof typeof Header)[]>> = {
			[Status.trap]: ["budget", "causeLo", "causeHi", "valueLo", "valueHi"],
			[Status.fault]: ["budget", "access", "addressLo", "addressHi"],
		};
		const keep = new Set((meaningful[status] ?? ["budget"]).map((field) => Header[field]));
		const state = this.#bytes.slice(stateAt, stateAt + this.layout.bytes);
		for (const at of Object.values(Header)) if (!keep.has(at)) state.fill(0, at, at + 4);
		return { status, state, ram: this.#changing.slice() };
	}

	/** Where differences lie, in words; empty when there are none. */
	differences(a: Outcome, b: Outcome): string[] {
		const lines: string[] = [];
		if (a.status !== b.status) lines.push(`status ${statusNames[a.status] ?? a.status}, ${statusNames[b.status] ?? b.status}`);
		const hex = (bytes: Uint8Array, at: number) => Array.from({ length: 8 }, (_, i) => bytes[at + 7 - i].toString(16).padStart(2, "0")).join("");
		if (Buffer.compare(a.state, b.state) !== 0) {
			for (const [name, at] of Object.entries(Header)) {
				const [x, y] = [a, b].map((o) => new DataView(o.state.buffer, o.state.byteOffset).getInt32(at, true));
				if (x !== y) lines.push(`header ${name}: ${x}, ${y}`);
			}
			this.isa.cells.forEach(({ name }, i) => {
				const [x, y] = [a, b].map((o) => hex(o.state, this.layout.offsets[i]));
				if (x !== y) lines.push(`${name}: ${x}, ${y}`);
			});
		}
		if (Buffer.compare(a.ram, b.ram) !== 0) {
			const at = a.ram.findIndex((byte, i) => byte !== b.ram[i]);
			const place = at < this.options.bytes ? `ram ${(this.options.base + at).toString(16)}` : `space 1 ${(at - this.options.bytes).toString(16)}`;
			lines.push(`${place}: ${a.ram[at].toString(16)}, ${b.ram[at].toString(16)}`);
		}
		return lines;
	}

	/** Index into the memory, or -1 when the access was refused. */
	#place(state: number, lo: number, hi: number, bytes: number, space: number, access: number): number {
		this.portCalls++;
		const { base, bytes: ramBytes } = this.options;
		const refuse = (status: number): number => {
			this.#words[(state + Header.status) >> 2] = status;
			if (status === Status.fault) {
				this.#words[(state + Header.access) >> 2] = access | ((lo & 4) << 6);
				this.#words[(state + Header.addressLo) >> 2] = lo;
				this.#words[(state + Header.addressHi) >> 2] = hi;
			}
			return -1;
		};
		this.#words[(state + Header.status) >> 2] = Status.next;
		if (space > 0) return (lo >>> 0) + bytes > otherBytes ? refuse(Status.fault) : ramAt + ramBytes + (lo >>> 0);
		const offset = (hi >>> 0) * 2 ** 32 + (lo >>> 0) - base;
		if (offset < 0 || offset > ramBytes - bytes) return refuse((lo & 0x8000) === 0 ? Status.fault : Status.assist);
		if (access === 2) {
			for (const at of [offset, offset + bytes - 1]) if (this.#bytes[flagsAt + Math.floor(at / pageBytes)] !== 0) return refuse(Status.assist);
		}
		if (access !== 0) this.#enter(offset, access === 1 ? 1 : 2);
		return ramAt + offset;
	}
	/** Enters the page of an offset in RAM, as a machine whose pages lie where their addresses say. */
	#enter(offset: number, access: number): void {
		const { base, bytes } = this.options;
		const page = Math.floor(offset / pageBytes);
		if ((page + 1) * pageBytes > bytes) return;
		if (access === 2 && this.#bytes[flagsAt + page] !== 0) return;
		const address = base + page * pageBytes;
		enterLookup(this.#words, tableAt + (access === 2 ? Lookup.stores : 0), address | 0, Math.floor(address / 2 ** 32) | 0, page);
	}
	#load(state: number, lo: number, hi: number, bytes: number, space: number, access: number): number {
		// `access` is how a failure is reported, nothing more
		const at = this.#place(state, lo, hi, bytes, space, access === 2 ? 6 : access);
		if (at < 0) return 0x5a5a5a5a;
		const byte = (i: number) => this.#bytes[at + (this.isa.memories[space].endian === "big" ? bytes - 1 - i : i)];
		let low = 0;
		let high = 0;
		for (let i = 0; i < Math.min(bytes, 4); i++) low |= byte(i) << (8 * i);
		for (let i = 4; i < bytes; i++) high |= byte(i) << (8 * (i - 4));
		this.#words[(state + Header.high) >> 2] = high;
		return low;
	}
	#store(state: number, lo: number, hi: number, bytes: number, space: number, valueLo: number, valueHi: number): void {
		const at = this.#place(state, lo, hi, bytes, space, 2);
		if (at < 0) return;
		for (let i = 0; i < bytes; i++) {
			const byte = i < 4 ? valueLo >> (8 * i) : valueHi >> (8 * (i - 4));
			this.#bytes[at + (this.isa.memories[space].endian === "big" ? bytes - 1 - i : i)] = byte;
		}
	}
}

const addressOf = (insn: Op): number => insn.hi * 2 ** 32 + (insn.lo >>> 0);

/** The first instructions of the block; the next one is given back. */
function firstOf(block: Block, count: number): Block {
	const at = block.ops.findIndex(({ op, c }) => op === "insn" && c === count);
	return { ...block, ops: block.ops.slice(0, at), end: { kind: "leave", status: Status.assist, pc: addressOf(block.ops[at]) }, count };
}

/** All addresses of instructions of the blocks: as `Region.apart`, every access is checked alone. */
export function allApart(blocks: readonly Block[]): ReadonlySet<number> {
	return new Set(blocks.flatMap(({ ops }) => ops.filter(({ op }) => op === "insn").map(addressOf)));
}
/** May a unit of the region give back an instruction that ends like this? What fails may be found out by the interpreter. */
const mayGiveBack = ({ apart }: Region, status: number): boolean => apart === undefined || status === Status.fault;

const noSystem: SystemPort = {
	retired: () => 0,
	clock: () => 0,
	syncCode: () => {},
	syncTranslation: () => {},
	offers: () => false,
	hostcall: () => undefined,
};
