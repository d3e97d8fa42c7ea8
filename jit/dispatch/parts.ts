/** What a dispatcher is put together from and what it offers: the contract between the translator and the machine around it. */
import type { Exit, ExitKind } from "../base/exit.ts";
import type { StateLayout } from "../base/layout.ts";
import type { Environment } from "../base/port.ts";
import type { Refusal } from "../base/refusal.ts";
import type { CodeCache } from "../cache/cache.ts";
import type { Kept } from "../cache/kept.ts";
import type { Interpreter } from "../interpret/interpret.ts";
import type { Block, Emitter, Region } from "../ir/block.ts";
import type { Helper } from "../ir/helper.ts";
import type { CodeSource, Lifter } from "../lift/lift.ts";
import type { Isa } from "../spec/isa.ts";
import type { Policy, Tier } from "../tier/policy.ts";

/** How a processor fetches. All three are asked about the processor at `state` as it is at that moment. */
export interface CodeAccess {
	/**
	 * 0: loads, stores and fetches need no translation (`machine.plain`). Any other number names one translation of addresses: as long as it is the same,
	 * every `physical` answer is the same; a machine counts it up whenever that may have changed. Asked once a `run`.
	 */
	view(state: number): number;
	/**
	 * The guest physical address of the code at virtual address `pc`; or -1 when not all of `bytes` (one unit when left out) can be fetched: then the
	 * header's `status` is `Status.fault` (with `access` and address) or `Status.trap` (with cause and value).
	 */
	physical(state: number, pc: number, bytes?: number): number;
	/**
	 * A question only, put within a `run` after an instruction that changed registers which the definition's `plain`, `translate`, `interrupt`, `wake` or `alarm`
	 * read: has the machine nothing to do about it, and is `view` what it was? Without it the run comes back after every such instruction.
	 */
	settled?(state: number): boolean;
	/** The code bytes of that processor; where a window is null, the header is filled as by `physical`. */
	source(state: number): CodeSource;
}

/** Told of what the dispatcher does, for reports. It must change nothing. */
export interface DispatchWatch {
	/** A region has become a unit. `restored`: in an earlier run; its blocks hold no ops. */
	translated(tier: "js" | "wasm", region: Region, restored: boolean): void;
	/** The code at an address was not translated. */
	refused(reason: Refusal, pc: number): void;
	/** A run ends, or translated code asks for one instruction (`Status.assist`), with pc at that address. */
	left(status: number, pc: number): void;
}

export interface DispatcherParts {
	readonly isa: Isa;
	readonly layout: StateLayout;
	/** Memory, RAM and the port of translated code: the one that answers `assist` for MMIO and for stores to code. */
	readonly env: Environment;
	readonly lifter: Lifter;
	/** Bound to the full port and the system port: runs single instructions, privileged ones too. */
	readonly interpreter: Interpreter;
	readonly code: CodeAccess;
	readonly policy: Policy;
	/** The engines there are. */
	readonly emitters: readonly Emitter[];
	/** Optional passes over a block before it is run or translated. */
	readonly optimize?: (block: Block) => Block;
	/** There is one processor only: when it would let others go first, it goes on. */
	readonly alone?: boolean;
	/** Made by the caller, because the port in `env` asks it too (`holds`, `written`). */
	readonly cache: CodeCache;
	readonly watch?: DispatchWatch | undefined;
	/** Translates to Wasm while the guest runs; without it, the guest waits. Not with `kept`. */
	readonly helper?: Helper | undefined;
	/** Translations to Wasm from an earlier run, and for later ones. */
	readonly kept?: Kept | undefined;
	/** Milliseconds, for the times in `Statistics`; without it they stay 0. */
	readonly now?: () => number;
}

/** Counters, all since the dispatcher was made. They are live: copy what you want to keep. */
export interface Statistics {
	/** By engine: guest instructions retired, blocks translated (or lifted, for the interpreter), units made, calls of units or runs of blocks. */
	readonly tiers: Record<Tier, { instructions: number; blocks: number; units: number; runs: number }>;
	/** Instructions carried out alone: privileged ones, MMIO, stores to code, the last ones of a budget. They are in tiers.interpret too. */
	singles: number;
	/** Milliseconds of host time by stage. */
	readonly millis: Record<"lift" | "js" | "wasm", number>;
	readonly exits: Readonly<Record<ExitKind, number>>;
	readonly refusals: Record<Refusal, number>;
	/** Returns of translated code that asked the interpreter for one instruction. */
	assists: number;
	/** Units that were translated in an earlier run; they are in tiers.wasm too. */
	restored: number;
	/** Units that a helper made; they are in tiers.wasm too. */
	helped: number;
	/** Privileged instructions carried out without an exit, because they change nothing that the machine has to look at. */
	quiet: number;
}

export interface Dispatcher {
	/** Runs the processor at `state` until it has retired `budget` instructions (a whole number, exactly that many) or has to leave. */
	run(state: number, budget: number): Exit;
	/** Carries out exactly the instruction at pc, privileged ones too. Kinds: next, wait, yield, stop (retired 1); trap, fault, illegal (retired 0). */
	stepOne(state: number): Exit;
	/**
	 * For a device that is being asked from within `run`: makes that `run` come back after this instruction, with exit `next` (or a weightier one).
	 * A machine uses it when an access changed what the present budget was reckoned with, such as the time of the next interrupt.
	 */
	leave(): void;
	/** Instructions retired so far by the `run` that is going on (0 outside one): for devices whose answer depends on the virtual time. */
	readonly progress: number;
	/** Holds all translated code. The machine tells it about stores to code: see `CodeCache.written`. */
	readonly cache: CodeCache;
	readonly statistics: Statistics;
	/** For a later run, see `DispatcherParts.kept`; null when nothing is kept. */
	keep(): Uint8Array | null;
}
