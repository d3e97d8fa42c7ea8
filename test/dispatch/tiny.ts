/** Words in, a small machine around the dispatcher out: eight instructions lifted by hand, RAM, one device register, pages that can be remapped. */
import { Header, layOut, type StateLayout } from "../../jit/base/layout.ts";
import type { Environment, MemoryPort, SystemPort } from "../../jit/base/port.ts";
import { Status } from "../../jit/base/status.ts";
import { type CacheLimits, createCodeCache } from "../../jit/cache/cache.ts";
import { createDispatcher } from "../../jit/dispatch/dispatcher.ts";
import type { CodeAccess, Dispatcher } from "../../jit/dispatch/parts.ts";
import { createJsEmitter } from "../../jit/emit/js/emit.ts";
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import { createInterpreter } from "../../jit/interpret/interpret.ts";
import type { Block, Emitter, Terminator } from "../../jit/ir/block.ts";
import { Builder } from "../../jit/ir/builder.ts";
import { makeOp } from "../../jit/ir/op.ts";
import type { CodeSource, Lifter, NoBlock } from "../../jit/lift/lift.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { toyIsa } from "../ir/toy-isa.ts";
import { templateOf } from "../lift/toy-code.ts";

/** One instruction is four bytes: code, a, b, c (signed). Registers are r1..r7 of the toy ISA; r0 reads 0 because nothing writes it. */
export const code = { illegal: 0, addi: 1, load: 2, store: 3, bne: 4, jump: 5, system: 6, trap: 7, wait: 8 } as const;
export function word(op: keyof typeof code, a = 0, b = 0, c = 0): number {
	return code[op] | (a << 8) | (b << 16) | ((c & 255) << 24);
}

/** The device register: loads give the dispatcher's progress, stores are logged. */
export const device = 0x100000;
export const ramBase = 0x10000;
export const state = 512;

export interface Tiny {
	readonly dispatcher: Dispatcher;
	readonly isa: Isa;
	readonly layout: StateLayout;
	readonly env: Environment;
	readonly words: Int32Array;
	readonly flags: Uint8Array;
	/** Values stored to the device, and what it answered. */
	readonly log: string[];
	/** Writes instructions at a physical address, as a loader does. */
	put(address: number, program: readonly number[]): void;
	/** Virtual page -> physical page; null: plain. */
	map(pages: ReadonlyMap<number, number> | null): void;
	/** pc, r1..r7 and sys. */
	registers(): number[];
	set(register: number, value: number): void;
	pc: number;
	/** Called at each store to the device. */
	onStore: () => void;
}

export interface TinyOptions {
	readonly policy?: Policy;
	readonly limits?: CacheLimits;
	readonly emitters?: (isa: Isa, env: Environment) => Emitter[];
	readonly pages?: number;
}

export function createTiny(o: TinyOptions = {}): Tiny {
	const plainIsa = toyIsa(32);
	// waking depends on `sys`, so an instruction that writes it leaves; it would be carried out at once otherwise
	const isa: Isa = { ...plainIsa, machine: { wake: templateOf("%0:32 = getreg sys|%1:32 = const 0x0|%2:1 = ne %0 %1", plainIsa, 2) } };
	const layout = layOut(isa.cells);
	const pages = o.pages ?? 16;
	const bytes = pages * 4096;
	const memory = new WebAssembly.Memory({ initial: 1 + Math.ceil(bytes / 65536), maximum: 1 + Math.ceil(bytes / 65536) });
	const ram = { base: ramBase, bytes, offset: 65536, pageFlags: 32768 };
	const raw = new Uint8Array(memory.buffer);
	const words = new Int32Array(memory.buffer);
	const view = new DataView(memory.buffer);
	const cell = (name: string) => layout.offsets[isa.cells.findIndex((c) => c.name === name)]! + state;
	const log: string[] = [];
	let mapping: ReadonlyMap<number, number> | null = null;
	let version = 0;

	const physical = (address: number): number => {
		if (!mapping) return address;
		const page = mapping.get(Math.floor(address / 4096));
		return page === undefined ? -1 : page * 4096 + (address % 4096);
	};
	const fault = (access: number, address: number): void => {
		words[(state + Header.status) >> 2] = Status.fault;
		words[(state + Header.access) >> 2] = access;
		words[(state + Header.addressLo) >> 2] = address | 0;
		words[(state + Header.addressHi) >> 2] = 0;
	};
	const done = (): void => {
		words[(state + Header.status) >> 2] = Status.next;
		words[(state + Header.high) >> 2] = 0;
	};
	const inRam = (address: number, size: number): boolean => address >= ram.base && address + size <= ram.base + ram.bytes;
	const port = (assists: boolean): MemoryPort => ({
		load(_, lo, __, size, ___, access) {
			const at = physical(lo >>> 0);
			done();
			if (inRam(at, size)) return view.getInt32(at - ram.base + ram.offset, true);
			if (at !== device) fault(access, lo);
			else if (assists) words[(state + Header.status) >> 2] = Status.assist;
			else {
				log.push(`load ${dispatcher.progress}`);
				return dispatcher.progress;
			}
			return 0;
		},
		store(_, lo, __, size, ___, value) {
			const at = physical(lo >>> 0);
			done();
			if (inRam(at, size)) {
				const flagged = raw[ram.pageFlags + Math.floor((at - ram.base) / 4096)] !== 0;
				if (flagged && cache.holds(at, size)) {
					if (assists) {
						words[(state + Header.status) >> 2] = Status.assist;
						return;
					}
					cache.written(at, size);
				}
				view.setInt32(at - ram.base + ram.offset, value, true);
			} else if (at !== device) fault(2, lo);
			else if (assists) words[(state + Header.status) >> 2] = Status.assist;
			else {
				log.push(`store ${value}`);
				tiny.onStore();
			}
		},
	});
	const system: SystemPort = { retired: () => 0, clock: () => 0, syncCode() {}, syncTranslation() {}, offers: () => false, hostcall: () => [0, 0] };
	const env: Environment = { memory, ram, port: port(true) };
	const cache = createCodeCache(ram, memory, o.limits);
	const access: CodeAccess = {
		view: () => (mapping ? version : 0),
		physical(_, pc) {
			const at = physical(pc);
			// a page of ROM below RAM can be fetched too
			if (at >= 0 && (inRam(at, 4) || (at >= 0x8000 && at < 0x9000))) return at;
			fault(0, pc);
			return -1;
		},
		source: () => (pc) => {
			const at = access.physical(state, pc);
			if (at < 0) return null;
			const start = at < ram.base ? romOffset + (at - 0x8000) : at - ram.base + ram.offset;
			return { bytes: at < ram.base ? rom : raw, at: start, end: start + 4096 - (pc % 4096) };
		},
	};
	const rom = new Uint8Array(4096);
	const romOffset = 0;
	const dispatcher = createDispatcher({
		isa,
		layout,
		env,
		lifter: tinyLifter(),
		interpreter: createInterpreter(isa, layout, { memory, port: port(false), system }),
		code: access,
		policy: o.policy ?? policies.js,
		emitters: o.emitters?.(isa, env) ?? [createJsEmitter(isa, layout, env), createWasmEmitter(isa, layout, env)],
		cache,
	});
	const pcAt = layout.offsets[0]! + state;
	const tiny: Tiny = {
		dispatcher,
		isa,
		layout,
		env,
		words,
		flags: raw.subarray(ram.pageFlags, ram.pageFlags + pages),
		log,
		put(address, program) {
			const target = address < ram.base ? new DataView(rom.buffer) : view;
			const at = address < ram.base ? address - 0x8000 : address - ram.base + ram.offset;
			program.forEach((w, i) => {
				target.setInt32(at + 4 * i, w, true);
			});
			cache.written(address, program.length * 4);
		},
		map(to) {
			mapping = to;
			version++;
		},
		registers: () => ["pc", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "sys"].map((name) => words[cell(name) >> 2]!),
		set(register, value) {
			words[cell(`r${register}`) >> 2] = value;
		},
		get pc() {
			return words[pcAt >> 2]! >>> 0;
		},
		set pc(value) {
			words[pcAt >> 2] = value;
		},
		onStore() {},
	};
	return tiny;
}

/** Cells of the toy ISA by number: pc 0, r0..r7 1..8, sys the last one. */
const sysCell = toyIsa(32).cells.length - 1;

function tinyLifter(): Lifter {
	function lift(source: CodeSource, pc: number, context: number, limit: number, privileged: boolean): Block | NoBlock {
		const window = source(pc);
		if (!window) return { status: Status.fault, raw: 0, bytes: 0, address: pc };
		const b = new Builder();
		const get = (r: number) => b.push("getreg", 32, -1, -1, -1, 1 + r);
		const set = (r: number, value: number) => b.ops.push(makeOp("setreg", 32, value, -1, -1, 1 + r));
		let end: Terminator | null = null;
		let count = 0;
		let at = pc;
		while (!end) {
			const here = window.at + (at - pc);
			const [op, x, y, z] = [window.bytes[here]!, window.bytes[here + 1]!, window.bytes[here + 2]!, (window.bytes[here + 3]! << 24) >> 24] as const;
			const none = op === code.illegal || op > code.wait ? Status.illegal : (op === code.system || op === code.wait) && !privileged ? Status.privileged : null;
			if (none !== null) {
				if (count === 0) return { status: none, raw: 0, bytes: 4, address: at };
				end = { kind: "leave", status: none, pc: at };
				break;
			}
			b.push("insn", 0, -1, 4, count, at);
			count++;
			at += 4;
			const address = () => b.pure("add", 32, get(y), b.number(32, z * 4));
			if (op === code.addi) set(x, b.pure("add", 32, get(y), b.number(32, z)));
			else if (op === code.load) set(x, b.push("load", 32, address(), -1, -1, 0, 1));
			else if (op === code.store) b.push("store", 32, address(), get(x));
			else if (op === code.trap) {
				b.push("trap", 0, b.number(32, x), get(y));
				end = { kind: "none" };
			} else if (op === code.system) b.ops.push(makeOp("setreg", 32, get(x), -1, -1, sysCell));
			else if (op === code.wait) b.push("wait", 0);
			// biome-ignore lint/suspicious/noThenProperty: the terminator's arm, nothing awaits it
			else if (op === code.bne) end = { kind: "branch", if: b.pure("ne", 1, get(x), get(y)), then: at - 4 + z * 4, else: at, context };
			else if (op === code.jump) end = { kind: "indirect", to: get(x) };
			if (!end && (count >= limit || at % 4096 === 0)) end = { kind: "jump", to: at, context };
		}
		return { pc, context, ops: b.ops, end, count, bytes: at - pc };
	}
	return {
		block: (source, pc, context, limit = 64) => lift(source, pc, context, limit, false),
		single: (source, pc, context) => lift(source, pc, context, 1, true),
		function: () => ({ ops: [], result: -1 }),
	};
}
