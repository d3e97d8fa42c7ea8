/** A basic block: straight-line guest instructions as verified ops, and where it goes. */
import type { Status } from "../base/status.ts";
import type { Op } from "./op.ts";

/**
 * Where control goes when the ops are done. Addresses are guest virtual ones as JavaScript numbers: of a 64-bit ISA the signed reading, else the
 * unsigned one (so `n | 0` and `Math.floor(n / 2 ** 32) | 0` are the halves); one that is not below 2^53 in size is never known, but `indirect`.
 */
export type Terminator =
	/** to a known address */
	| { readonly kind: "jump"; readonly to: number; readonly context: number }
	/** on a 1-bit value */
	| { readonly kind: "branch"; readonly if: number; readonly then: number; readonly else: number; readonly context: number }
	/** to the address in value `to`; the context cells, if the block changed them, have been written by `setreg` */
	| { readonly kind: "indirect"; readonly to: number }
	/** leave with this status; pc is the address of the instruction after the last one of the block */
	| { readonly kind: "leave"; readonly status: number; readonly pc: number }
	/** every path ended in a trap */
	| { readonly kind: "none" };

/**
 * `ops` hold no template ops, no `jump` and no dead values' effects. They start with an `insn` op; every guest instruction starts with one.
 * Register writes of an instruction stand after everything of it that may trap or fault, and never inside an `if`; pc is not among them.
 * Context cells are written (setreg) by the block itself where they change.
 */
export interface Block {
	/** Guest virtual address and context word (all context cells, packed in the order of the ISA's cells) this block is valid for. */
	readonly pc: number;
	readonly context: number;
	readonly ops: readonly Op[];
	readonly end: Terminator;
	/** Guest instructions, and bytes of guest code from pc on. */
	readonly count: number;
	readonly bytes: number;
}

/** A block made ready to be interpreted again and again: runs it on the processor at byte offset `state`, and answers a `Status`. */
export type Ready = (state: number) => Status;

/** What is translated as one unit: blocks that may reach each other, first the one that was asked for. */
export interface Region {
	readonly blocks: readonly Block[];
	/** Loads and stores to the main space need no translation (`machine.plain`), so RAM is accessed directly; else by the look-up table, and the port. */
	readonly plain: boolean;
	/** Formed so that what stands behind a call belongs to it, and the callee does not: the engine may make it a call of its own. */
	readonly calls?: boolean;
	/**
	 * By block: the block (its index) that ends in a call in whose place it stands, as a copy of a block of the callee; -1: it stands for itself. A region is entered at
	 * blocks that stand for themselves only. Left out: all do.
	 */
	readonly copies?: readonly number[];
	/** Addresses of instructions that the interpreter had to carry out too often: their blocks expect less. */
	readonly apart?: ReadonlySet<number>;
	/** Where indirect jumps were seen to go, by the address behind the jump. */
	readonly jumps?: ReadonlyMap<number, readonly number[]>;
}

/** The call in whose place a block of the region stands, or -1. */
export const copyOf = ({ copies }: Region, block: number): number => copies?.[block] ?? -1;

/** What stands for a block of a region in tables: a number where it can be one, so that no text is made and searched for. `copy` as in `copyOf`. */
export type BlockKey = number | string;
export const blockKey = (pc: number, context: number, copy = -1): BlockKey => (copy < 0 && context === 0 ? pc : `${pc} ${context} ${copy}`);

/** Translated code of a region. */
export interface Unit {
	/**
	 * Runs from block number `label` on until something leaves; returns a `Status`. pc, context cells and every register are exact in the state then.
	 * Each block takes its `count` from the header's budget on entry, or leaves with `Status.budget` before doing anything when it is not covered;
	 * leaving in the middle gives back what was not retired. It may go on into other units, where the jump table leads to them.
	 */
	readonly run: (state: number, label: number) => number;
	/** The blocks that `run` may begin at; all of them where it is left out. */
	readonly entries?: readonly number[];
	/** Its number in the engine's table, by which `Links` know it. */
	readonly slot?: number;
	/** Gives back what the engine holds for it; it is not run again. */
	readonly dispose?: () => void;
	/** Size of the code, for the cache's limit: characters of JavaScript or bytes of Wasm. */
	readonly bytes: number;
}

/** What is kept of a unit beside its code. */
export interface KeptUnit {
	readonly slot: number;
	readonly entries: readonly number[];
	readonly bytes: number;
}

/** An engine's back end. */
export interface Emitter {
	readonly name: "js" | "wasm";
	emit(region: Region): Unit;
	/** Several at once, where that is cheaper than one by one. */
	readonly jobs?: JobEmitter;
	/**
	 * Code that `jobs.work` made in an earlier run, of the same emitter over a memory that is laid out alike: answers its units by their numbers, each of
	 * which must have the slot and entries that it had then. Throws when it is no such code.
	 */
	load?(code: Uint8Array): (number: number, unit: KeptUnit) => Unit;
	/** Where calls of translated code lead. */
	readonly links?: Links;
}

/** Regions that become one module. Plain data. */
export interface Job {
	readonly regions: readonly Region[];
	/** By region: the slot of its unit. */
	readonly slots: readonly number[];
	/** By region: the place (see `Links`) that it is called by itself, or -1. */
	readonly heads: readonly number[];
	/** By region and block: the place of what the call at its end leads to, or -1. */
	readonly places: readonly (readonly number[])[];
}

/** What became of a job. */
export interface Made {
	/** Jobs that were done together share one. */
	readonly module: WebAssembly.Module;
	/** The number in the module of the job's first region; the others follow. */
	readonly first: number;
	/** By region: the blocks that it may be entered at. */
	readonly entries: readonly (readonly number[])[];
	/** Size of the job's part of the module's code. */
	readonly bytes: number;
}

/** An emitter's way from regions to units in steps, so that the one that takes long can be done elsewhere. */
export interface JobEmitter {
	/** `link` gives calls, and the regions themselves, their places in `links`, or -1. Throws when there is no room for so many units. */
	prepare(regions: readonly Region[], link?: (caller: Region, pc: number, context: number) => number): Job;
	work(job: Job): Made & { readonly code: Uint8Array };
	/** Units in the order of the regions. */
	units(job: Job, made: Made): Unit[];
	/** The job will not come to units. */
	drop(job: Job): void;
}

/** Places by which translated code enters units; what is not bound comes back at once with `Status.next`, and the dispatcher goes on. */
export interface Links {
	/** A place of its own, above 0, not bound; -1 when there is none left. Place 0 is never bound. */
	reserve(): number;
	/** Leads the place to a block of a unit that this engine made, or (null) back. */
	bind(place: number, unit: Unit | null, label: number): void;
	/** From now on slots are used once, from `next` on, for as long as there are some to spare: their units can be kept for later runs. */
	keep?(next: number): void;
	/** Is this slot one of them? */
	keeps?(slot: number): boolean;
}
