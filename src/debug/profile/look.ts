/** A machine in, a look at it out that changes nothing: a copy of a processor that runs ahead alone, with loads from RAM and stores that are forgotten. */
import { Bug } from "../../../jit/base/errors.ts";
import { Header } from "../../../jit/base/layout.ts";
import { Access, type MemoryPort, pageShift, type SystemPort } from "../../../jit/base/port.ts";
import { Status } from "../../../jit/base/status.ts";
import { createDecoder } from "../../../jit/decode/decoder.ts";
import { createExecutor } from "../../../jit/execute/executor.ts";
import type { Block } from "../../../jit/ir/block.ts";
import { type CodeSource, createLifter, type Lifter } from "../../../jit/lift/lift.ts";
import { type Processor, readCell, toPc } from "../../hypervisor/processor.ts";
import type { Machine } from "../../machine/machine.ts";

const pageBytes = 1 << pageShift;
/** Where the copy lies in its own memory. */
const state = 64;
/** Runs of a machine function after which it becomes JavaScript. */
const routineAfter = 20;

export interface Saved {
	readonly registers: Uint8Array;
	readonly stored: ReadonlyMap<number, number>;
}

export interface Look {
	/** The copy becomes what that processor is now. */
	at(processor: Processor): void;
	pc(): number;
	setPc(pc: number): void;
	context(): number;
	/** Carries out a block on the copy; see `Interpreter.run`. */
	run(block: Block): Status;
	/** Guest physical address of code, -1: it cannot be fetched, or lies outside RAM. */
	physical(pc: number): number;
	readonly code: CodeSource;
	readonly lifter: Lifter;
	/** Sizes of instructions: all are a multiple of the first, none is longer than the second. */
	readonly unitBytes: number;
	readonly maxBytes: number;
	/** The copy as it is, to be put back. */
	save(): Saved;
	restore(saved: Saved): void;
}

const nothing = (): never => {
	throw new Bug("profile: a look asked for the system port");
};
const noSystem: SystemPort = { retired: () => 0, clock: () => 0, syncCode() {}, syncTranslation() {}, offers: () => false, hostcall: nothing };

export function createLook(machine: Pick<Machine, "isa" | "layout" | "memory">): Look {
	const { isa, layout, memory } = machine;
	const own = new WebAssembly.Memory({ initial: Math.ceil((state + layout.bytes) / 65536) });
	const bytes = new Uint8Array(own.buffer);
	const words = new Int32Array(own.buffer);
	const wide = isa.addressBits > 32;
	let plain = true;
	/** By physical address. */
	let stored = new Map<number, number>();
	/** Physical pages by virtual page, for fetches and for loads; while the copy stays at one processor. */
	const pages: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];

	const toNumber = (lo: number, hi: number): number => (wide ? (hi >>> 0) * 2 ** 32 + (lo >>> 0) : lo >>> 0);
	const inRam = (address: number, count: number): boolean => address >= memory.ram.base && address + count <= memory.ram.base + memory.ram.bytes;
	const answer = (status: number): void => {
		words[(state + Header.status) >> 2] = status;
	};
	/** `count` bytes of RAM at `address`, those that the copy stored before those in RAM. */
	function read(address: number, count: number, big: boolean): number {
		let [lo, hi] = [0, 0];
		for (let i = 0; i < count; i++) {
			const at = address + (big ? count - 1 - i : i);
			const byte = stored.get(at) ?? memory.bytes[at - memory.ram.base + memory.ram.offset]!;
			if (i < 4) lo |= byte << (8 * i);
			else hi |= byte << (8 * (i - 4));
		}
		words[(state + Header.high) >> 2] = hi;
		return lo;
	}
	const port = (locate: (lo: number, hi: number, access: number) => number): MemoryPort => ({
		load(_, lo, hi, count, space, access) {
			const address = space === 0 ? locate(lo, hi, access) : -1;
			const found = inRam(address, count);
			answer(found ? Status.next : Status.fault);
			return found ? read(address, count, isa.memories[space]!.endian === "big") : 0;
		},
		store(_, lo, hi, count, space, valueLo, valueHi) {
			answer(Status.next);
			const address = space === 0 ? locate(lo, hi, Access.load) : -1;
			if (!inRam(address, count)) return;
			const big = isa.memories[space]!.endian === "big";
			for (let i = 0; i < count; i++) stored.set(address + (big ? count - 1 - i : i), ((i < 4 ? valueLo : valueHi) >>> (8 * (i & 3))) & 255);
		},
	});
	const walker = createExecutor(isa, layout, { memory: own, port: port(toNumber), system: noSystem }, routineAfter);

	/** Where a page lies; -1: nowhere. Rights finer than a page are taken for those of its first byte. */
	function locate(lo: number, hi: number, access: number): number {
		if (plain) return toNumber(lo, hi);
		const known = pages[access === Access.fetch ? 0 : 1];
		const offset = lo & (pageBytes - 1);
		const page = toNumber(lo - offset, hi);
		let at = known.get(page);
		if (at === undefined) {
			const header = words.slice(state >> 2, (state >> 2) + 16);
			const kind = access === Access.fetch ? Access.fetch : Access.load;
			const found = walker.call("translate", state, [
				[lo - offset, hi],
				[kind, 0],
				[1, 0],
			]);
			words.set(header, state >> 2);
			at = found.status === Status.next ? toNumber(found.lo, found.hi) : -1;
			known.set(page, at);
		}
		return at < 0 ? -1 : at + offset;
	}
	const interpreter = createExecutor(isa, layout, { memory: own, port: port(locate), system: noSystem }, Number.POSITIVE_INFINITY);
	const physical = (pc: number): number => {
		const at = locate(pc | 0, wide ? Math.floor(pc / 2 ** 32) | 0 : 0, Access.fetch);
		return inRam(at, isa.unitBytes) ? at : -1;
	};
	const offsetOf = (address: number): number => address - memory.ram.base + memory.ram.offset;

	return {
		at(processor) {
			bytes.set(memory.bytes.subarray(processor.state, processor.state + layout.bytes), state);
			plain = processor.plain;
			stored = new Map();
			for (const known of pages) known.clear();
		},
		pc: () => toPc(...readCell(words, layout, state, 0), isa.addressBits),
		setPc(pc) {
			const at = (state + layout.offsets[0]!) >> 2;
			words[at] = pc | 0;
			if (wide) words[at + 1] = Math.floor(pc / 2 ** 32) | 0;
		},
		context: () => isa.contexts.reduce((sum, { cell, shift }) => sum + (readCell(words, layout, state, cell)[0] >>> 0) * 2 ** shift, 0),
		run: (block) => interpreter.run(block, state),
		physical,
		unitBytes: isa.unitBytes,
		maxBytes: isa.maxBytes,
		lifter: createLifter(isa, createDecoder(isa)),
		code(pc, across = false) {
			const address = physical(pc);
			if (address < 0) return null;
			const at = offsetOf(address);
			const left = pageBytes - (pc & (pageBytes - 1));
			if (!across) return { bytes: memory.bytes, at, end: at + left };
			const next = physical(pc + left);
			if (next < 0) return { bytes: memory.bytes, at, end: at + left };
			const seam = new Uint8Array(left + isa.maxBytes);
			seam.set(memory.bytes.subarray(at, at + left));
			seam.set(memory.bytes.subarray(offsetOf(next), offsetOf(next) + isa.maxBytes), left);
			return { bytes: seam, at: 0, end: seam.length };
		},
		save: () => ({ registers: bytes.slice(state, state + layout.bytes), stored: new Map(stored) }),
		restore(saved) {
			bytes.set(saved.registers, state);
			stored = new Map(saved.stored);
		},
	};
}
