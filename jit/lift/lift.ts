/** Code bytes at an address in, a basic block of verified ops out; and where a block ends. */
import { type Status as AnyStatus, Status } from "../base/status.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { Instruction, Undefined } from "../decode/instruction.ts";
import type { Block, Terminator } from "../ir/block.ts";
import { compact } from "../ir/compact.ts";
import type { Isa, MachineFunction, Template } from "../spec/isa.ts";
import { liftFunction } from "./function.ts";
import { Ended, Instantiator, Library } from "./instantiate.ts";

/**
 * Code bytes from virtual address `pc` on, `bytes[at]` to before `bytes[end]`: at least to the end of its 4 KiB page; with `across`, said of an instruction that
 * goes on in the next page, into that one where it can be fetched. null: a fetch fault.
 */
export type CodeSource = (pc: number, across?: boolean) => { readonly bytes: Uint8Array; readonly at: number; readonly end: number } | null;

/**
 * Why there is no block at an address: `privileged` (the first instruction is; lift it with `single`), `illegal` (it is none; `raw` holds its first
 * bits, `bytes` how many bytes were looked at), `fault` (it cannot be fetched; `address` is the first byte that cannot).
 */
export interface NoBlock {
	readonly status: AnyStatus;
	readonly raw: number;
	readonly bytes: number;
	readonly address: number;
}

export interface Lifter {
	/**
	 * A block for translated code, at most `limit` (default 64) instructions. It ends at a jump, where the context becomes unknown, at the limit, before
	 * a privileged or undefined instruction (`leave`), before a page that cannot be fetched, and at the end of the 4 KiB page of `pc`; an instruction that
	 * reaches into the next page is a block alone, so that no page is looked at before something in it is due.
	 */
	block(code: CodeSource, pc: number, context: number, limit?: number): Block | NoBlock;
	/** Exactly one instruction, privileged or not: system ops may be in it. For the interpreter. */
	single(code: CodeSource, pc: number, context: number): Block | NoBlock;
	/** A function of the ISA's machine half; see `liftFunction`. */
	function(name: MachineFunction): Template;
}

/** Most guest instructions of a block when nobody says otherwise. */
export const defaultLimit = 255;
const pageBytes = 4096;
const two32 = 4294967296;

export function isBlock(b: Block | NoBlock): b is Block {
	return "ops" in b;
}

export function createLifter(isa: Isa, decoder: Decoder): Lifter {
	const library = new Library(isa);
	const functions = new Map<MachineFunction, Template>();
	function lift(code: CodeSource, pc: number, context: number, limit: number, single: boolean): Block | NoBlock {
		const lifting = new Lifting(isa, decoder, library, code, pc, context);
		const block = lifting.run(limit, single);
		lifting.to.release();
		return block;
	}
	return {
		block: (code, pc, context, limit = defaultLimit) => lift(code, pc, context, limit, false),
		single: (code, pc, context) => lift(code, pc, context, 1, true),
		function(name) {
			let f = functions.get(name);
			if (!f) {
				f = liftFunction(isa, name);
				functions.set(name, f);
			}
			return f;
		},
	};
}

/** An address moved into the range that addresses of the ISA have: signed for 64 bits, else unsigned. */
export function wrapAddress(a: number, bits: number): number {
	if (bits >= 64) return a;
	const size = 2 ** bits;
	return a >= 0 && a < size ? a : ((a % size) + size) % size;
}

class Lifting {
	readonly to: Instantiator;
	/** what the context cells are known to hold */
	private context: number;
	private readonly isa: Isa;
	private readonly decoder: Decoder;
	private readonly code: CodeSource;
	private readonly pc: number;
	private readonly entry: number;

	constructor(isa: Isa, decoder: Decoder, library: Library, code: CodeSource, pc: number, context: number) {
		this.isa = isa;
		this.decoder = decoder;
		this.code = code;
		this.pc = pc;
		this.entry = context;
		this.context = context;
		this.to = new Instantiator(library);
	}

	run(limit: number, single: boolean): Block | NoBlock {
		const { isa, pc, to } = this;
		const bits = isa.addressBits;
		const window = this.code(pc);
		if (!window) return { status: Status.fault, raw: 0, bytes: 0, address: pc };
		const { bytes, end } = window;
		const toPageEnd = pageBytes - (((pc % pageBytes) + pageBytes) % pageBytes);
		let size = 0;
		let count = 0;
		let next = pc;
		let terminator: Terminator | null = null;
		while (!terminator) {
			const at = window.at + size;
			let found: Instruction | Undefined = this.decoder.decode(bytes, at, end, this.context);
			if (found.spec === null) {
				const other = this.incomplete(bytes, at, end, next, count > 0);
				if (typeof other === "number") {
					if (count === 0) return { status: Status.fault, raw: found.raw, bytes: found.bytes, address: other };
					terminator = { kind: "jump", to: next, context: this.context };
					break;
				}
				found = other ?? found;
			}
			if (found.spec === null) {
				if (count === 0) return { status: Status.illegal, raw: found.raw, bytes: found.bytes, address: pc };
				terminator = { kind: "leave", status: Status.illegal, pc: next };
				break;
			}
			if (!single && found.spec.effects.privileged) {
				if (count === 0) return { status: Status.privileged, raw: found.raw, bytes: found.bytes, address: pc };
				terminator = { kind: "leave", status: Status.privileged, pc: next };
				break;
			}
			const here = next;
			to.b.push("insn", 0, -1, found.bytes, count, here | 0, bits > 32 ? Math.floor(here / two32) | 0 : 0);
			if (count === 0) this.assumeContext();
			size += found.bytes;
			next = wrapAddress(pc + size, bits);
			count++;
			const ended = to.instruction(found.spec.template, found.values, here, next, found.raw);
			if (ended === Ended.trapped) terminator = { kind: "none" };
			else terminator = this.after(next, count >= limit || size >= toPageEnd);
		}
		return this.finish(terminator, count, size);
	}

	private assumeContext(): void {
		const { cells, b } = this.to;
		for (const c of this.isa.contexts) cells.assume(c.cell, b.number(this.isa.cells[c.cell].width, contextPart(this.entry, c.shift, c.width)));
	}

	/** Where `end` cuts an instruction off: the first one of the block from a fresh window; or the address that is not fetched; null: it is really none. */
	private incomplete(bytes: Uint8Array, at: number, end: number, pc: number, later: boolean): Instruction | Undefined | number | null {
		if (!this.decoder.truncated(bytes, at, end, this.context)) return null;
		const fresh = later ? null : this.code(pc, true);
		if (!fresh) return pc;
		const found = this.decoder.decode(fresh.bytes, fresh.at, fresh.end, this.context);
		if (found.spec !== null || !this.decoder.truncated(fresh.bytes, fresh.at, fresh.end, this.context)) return found;
		return wrapAddress(pc + fresh.end - fresh.at, this.isa.addressBits);
	}

	/** The instruction is complete: its register writes, and the terminator if the block ends here. */
	private after(next: number, full: boolean): Terminator | null {
		const { cells, b } = this.to;
		const target = cells.current[0];
		cells.commit(false);
		const known = this.isa.contexts.length === 0 || this.readContext();
		if (target >= 0) {
			const t = known ? this.known(target) : null;
			if (t) return t;
			return { kind: "indirect", to: target };
		}
		if (!known) return { kind: "indirect", to: b.number(this.isa.addressBits, next) };
		return full ? { kind: "jump", to: next, context: this.context } : null;
	}

	/** A jump or branch to known addresses, or null. */
	private known(target: number): Terminator | null {
		const { b } = this.to;
		const op = b.ops[target];
		const { context } = this;
		if (op.op === "const") {
			const to = this.address(target);
			return to === null ? null : { kind: "jump", to, context };
		}
		if (op.op !== "select") return null;
		const yes = this.address(op.b);
		const no = this.address(op.c);
		// biome-ignore lint/suspicious/noThenProperty: the terminator's arm, nothing awaits it
		return yes === null || no === null ? null : { kind: "branch", if: op.a, then: yes, else: no, context };
	}
	private address(value: number): number | null {
		const op = this.to.b.ops[value];
		if (op.op !== "const") return null;
		const bits = this.isa.addressBits;
		const n = (bits >= 64 ? op.hi : op.hi >>> 0) * two32 + (op.lo >>> 0);
		return Number.isSafeInteger(n) ? n : null;
	}

	/** Are all context cells known numbers? Then `context` is brought up to date. */
	private readContext(): boolean {
		const { cells, b } = this.to;
		let word = 0;
		for (const c of this.isa.contexts) {
			const op = b.ops[cells.current[c.cell]];
			if (op.op !== "const") return false;
			word += (op.lo >>> 0) * 2 ** c.shift;
		}
		this.context = word;
		return true;
	}

	private finish(end: Terminator, count: number, bytes: number): Block {
		const { ops } = this.to.b;
		const root = end.kind === "branch" ? end.if : end.kind === "indirect" ? end.to : -1;
		const places = compact(ops, [root]);
		if (end.kind === "branch") end = { ...end, if: places[root] };
		else if (end.kind === "indirect") end = { ...end, to: places[root] };
		return { pc: this.pc, context: this.entry, ops, end, count, bytes };
	}
}

/** A context cell's number in a context word. */
export function contextPart(word: number, shift: number, width: number): number {
	return Math.floor(word / 2 ** shift) % 2 ** width;
}
