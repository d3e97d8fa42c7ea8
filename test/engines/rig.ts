/** An ISA in, a bench for its engines out: one memory with state, flags and RAM, a port that sometimes refuses, and runs of regions by interpreter or unit. */
import { Header, layOut, type StateLayout } from "../../jit/base/layout.ts";
import { clearLookup, enterLookup, Lookup } from "../../jit/base/lookup.ts";
import type { Environment, MemoryPort, SystemPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { createInterpreter, type Interpreter } from "../../jit/interpret/interpret.ts";
import type { Block, Region, Unit } from "../../jit/ir/block.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { Random } from "../ir/random.ts";

const ramOffset = 131072;
const pageFlags = 32768;
const table = 40960;
/** Where the processor's state lies: not at 0, so that an engine that bakes it in is found out. */
export const state = 1024;

export interface RigOptions {
	/** Default 0x2000 and 0x2000; whole pages. */
	readonly base?: number;
	readonly bytes?: number;
}

/** All that two engines must agree on after a run. */
export interface Outcome {
	readonly status: string;
	readonly budget: number;
	readonly cells: readonly string[];
	/** Cause and value of a trap; access and address of a fault. */
	readonly header: readonly number[];
	/** What the port was asked outside RAM, in order. */
	readonly calls: readonly string[];
	readonly ram: string;
}

export interface Rig {
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly env: Environment;
	readonly interpreter: Interpreter;
	/** Fills RAM, sets flags on some pages, sets the cells. The same seed gives the same start. */
	reset(seed: number, cells: readonly (readonly [lo: number, hi: number])[]): void;
	/** Runs until pc leaves the region or something stops; the reference. */
	interpret(region: Region, budget: number): Outcome;
	/** The same with translated code. */
	run(unit: Unit, region: Region, budget: number): Outcome;
}

const statusNames = Object.entries(Status).map(([name]) => name);

export function createRig(isa: Isa, o: RigOptions = {}): Rig {
	const base = o.base ?? 0x2000;
	const bytes = o.bytes ?? 0x2000;
	const layout = layOut(isa.cells);
	const pages = (ramOffset + bytes + 65535) >> 16;
	const memory = new WebAssembly.Memory({ initial: pages + 1, maximum: pages + 1 });
	const words = new Int32Array(memory.buffer);
	const raw = new Uint8Array(memory.buffer);
	const view = new DataView(memory.buffer);
	const calls: string[] = [];
	const wide = isa.addressBits > 32;

	const answer = (at: number, status: number, lo = 0, hi = 0, access = 0): void => {
		words[(at + Header.status) >> 2] = status;
		if (status !== Status.fault) return;
		words[(at + Header.access) >> 2] = access;
		words[(at + Header.addressLo) >> 2] = lo;
		words[(at + Header.addressHi) >> 2] = hi;
	};
	const ramAt = (lo: number, hi: number, size: number): number => {
		const offset = (hi >>> 0) * 4294967296 + (lo >>> 0) - base;
		return offset >= 0 && offset + size <= bytes ? offset + ramOffset : -1;
	};
	/** Outside RAM: some addresses fault, some want the interpreter, in the second space some answer. */
	const outside = (at: number, lo: number, hi: number, size: number, space: number, access: number): boolean => {
		calls.push(`${space}:${hi}:${lo}:${size}:${access}`);
		const kind = (Math.imul(lo ^ (lo >>> 7), 0x9e3779b1) >>> 28) & 7;
		if (space > 0 && kind < 6) {
			answer(at, Status.next);
			return true;
		}
		answer(at, kind & 1 ? Status.fault : Status.assist, lo, hi, access);
		return false;
	};
	const port: MemoryPort = {
		load(at, lo, hi, size, space, access) {
			words[(at + Header.high) >> 2] = 0;
			const le = isa.memories[space]!.endian === "little";
			const offset = space === 0 ? ramAt(lo, hi, size) : -1;
			if (offset < 0) {
				if (!outside(at, lo, hi, size, space, access)) return 0;
				const value = Math.imul(lo + 12345, 0x85ebca6b);
				if (size === 8) words[(at + Header.high) >> 2] = ~value;
				return size >= 4 ? value : value & (2 ** (8 * size) - 1);
			}
			answer(at, Status.next);
			if (size === 1) return view.getUint8(offset);
			if (size === 2) return view.getUint16(offset, le);
			if (size === 4) return view.getInt32(offset, le);
			words[(at + Header.high) >> 2] = view.getInt32(le ? offset + 4 : offset, le);
			return view.getInt32(le ? offset : offset + 4, le);
		},
		store(at, lo, hi, size, space, valueLo, valueHi) {
			const le = isa.memories[space]!.endian === "little";
			const offset = space === 0 ? ramAt(lo, hi, size) : -1;
			if (offset < 0) {
				if (outside(at, lo, hi, size, space, 2)) calls.push(`= ${size === 8 ? valueHi : 0}:${size >= 4 ? valueLo : valueLo & (2 ** (8 * size) - 1)}`);
				return;
			}
			const first = (offset - ramOffset) >> 12;
			const last = (offset - ramOffset + size - 1) >> 12;
			if (raw[pageFlags + first]! | raw[pageFlags + last]!) {
				answer(at, Status.assist);
				return;
			}
			answer(at, Status.next);
			if (size === 1) view.setUint8(offset, valueLo);
			else if (size === 2) view.setUint16(offset, valueLo, le);
			else if (size === 4) view.setInt32(offset, valueLo, le);
			else {
				view.setInt32(le ? offset : offset + 4, valueLo, le);
				view.setInt32(le ? offset + 4 : offset, valueHi, le);
			}
		},
	};
	const none = (): never => {
		throw new Error("no system ops in these blocks");
	};
	const system: SystemPort = { retired: none, clock: none, syncCode: none, syncTranslation: none, offers: none, hostcall: none };
	const interpreter = createInterpreter(isa, layout, { memory, port, system });
	const word = (offset: number) => words[(state + offset) >> 2]!;
	const budgetAt = (state + Header.budget) >> 2;

	/** Index of the block at pc, or -1. */
	const labelHere = (blocks: readonly Block[]): number => {
		const lo = word(layout.offsets[0]!);
		const pc = wide ? word(layout.offsets[0]! + 4) * 4294967296 + (lo >>> 0) : lo >>> 0;
		let context = 0;
		for (const { cell, shift } of isa.contexts) context |= word(layout.offsets[cell]!) << shift;
		return blocks.findIndex((block) => block.pc === pc && block.context === context);
	};
	const outcome = (status: number): Outcome => ({
		status: statusNames[status] ?? `${status}`,
		budget: words[budgetAt]!,
		cells: isa.cells.map(({ name }, i) => {
			const offset = layout.offsets[i]!;
			return `${name}=${(word(offset + 4) >>> 0).toString(16)}:${(word(offset) >>> 0).toString(16)}`;
		}),
		header:
			status === Status.trap
				? [Header.causeLo, Header.causeHi, Header.valueLo, Header.valueHi].map(word)
				: status === Status.fault
					? [Header.access, Header.addressLo, Header.addressHi].map(word)
					: [],
		calls: [...calls],
		ram: Buffer.from(memory.buffer, ramOffset, bytes).toString("latin1"),
	});

	return {
		isa,
		layout,
		env: { memory, ram: { base, bytes, offset: ramOffset, pageFlags }, port },
		interpreter,
		reset(seed, cells) {
			const random = new Random(seed);
			for (let at = ramOffset; at < ramOffset + bytes; at += 4) words[at >> 2] = random.word();
			for (let page = 0; page < bytes >> 12; page++) raw[pageFlags + page] = random.once(4) ? 1 : 0;
			words.fill(0, state >> 2, (state + layout.bytes) >> 2);
			// what an engine must not rely on
			words.fill(0x55555555, state >> 2, (state + 64) >> 2);
			words[(state + Header.table) >> 2] = table;
			clearLookup(words, table);
			for (let page = 0; page < bytes >> 12; page++) {
				const [lo, hi] = [(base + 4096 * page) | 0, Math.floor((base + 4096 * page) / 4294967296)];
				if (random.once(2)) enterLookup(words, table, lo, hi, page);
				if (random.once(2) && raw[pageFlags + page] === 0) enterLookup(words, table + Lookup.stores, lo, hi, page);
			}
			cells.forEach(([lo, hi], i) => {
				words[(state + layout.offsets[i]!) >> 2] = lo;
				words[(state + layout.offsets[i]! + 4) >> 2] = hi;
			});
			calls.length = 0;
		},
		interpret({ blocks }, budget) {
			words[budgetAt] = budget;
			for (;;) {
				const block = blocks[labelHere(blocks)];
				if (!block) return outcome(Status.next);
				if (words[budgetAt]! < block.count) return outcome(Status.budget);
				const status = interpreter.run(block, state);
				words[budgetAt]! -= interpreter.retired;
				if (status !== Status.next) return outcome(status);
			}
		},
		run({ run }, region, budget) {
			words[budgetAt] = budget;
			for (;;) {
				const label = labelHere(region.blocks);
				if (label < 0) return outcome(Status.next);
				const status = run(state, label);
				if (status !== Status.next) return outcome(status);
			}
		},
	};
}
