/** Entries: what is known about one place of the guest's code, from its first run on. */
import { pageShift } from "../base/port.ts";
import type { Links, Ready, Unit } from "../ir/block.ts";
import type { Program } from "../ir/program.ts";
import type { Tier } from "../tier/policy.ts";

/** Bytes from..to (exclusive) of a RAM page (page 0 is the first of RAM). */
export interface Span {
	readonly page: number;
	readonly from: number;
	readonly to: number;
}

/** An instruction that is carried out alone. */
export interface Single {
	readonly run: Ready;
	/** It changes nothing that the machine has to look at. */
	readonly quiet: boolean;
}

/** Where code lies, and what it is translated for. */
export interface CodePlace {
	/** Place in RAM. */
	readonly page: number;
	readonly offset: number;
	/** Virtual address and context word. */
	readonly pc: number;
	readonly context: number;
	/** Addresses need no translation. */
	readonly plain: boolean;
}

/** The same for all addresses that lead there. */
export const placeIn = ({ page, offset }: Pick<CodePlace, "page" | "offset">): number => page * 2 ** pageShift + offset;

/** A block as the interpreter has it: what it was made of is gone. */
export interface Cold {
	readonly program: Program;
	/** Guest instructions. */
	readonly count: number;
	/** Its bytes, where it ends in an indirect jump; else 0. */
	readonly jumps: number;
}

/** A value of `Entry.turn`. */
export const notYet = -1;

/** Code that may be entered at an address. Made and changed by the dispatcher and the cache only. */
export interface Entry extends CodePlace {
	/** Halves of `pc`. */
	readonly lo: number;
	readonly hi: number;
	/** The `CodeAccess.view` for which the address was last seen to be this place. */
	view: number;
	/** The one view that may enter it, because only a part of its page could be fetched when it was made; 0: any that can fetch the whole page. */
	readonly only: number;
	/** Where what it was made from ends in its page; and what of it lies in others. */
	readonly to: number;
	readonly rest: readonly Span[] | null;
	/** `Status.next`: there is a block here; any other says what to do at once. */
	readonly leave: number;
	/** The block, for the interpreter; null while nobody needs it, or nobody needed it for long. */
	cold: Cold | null;
	/** The one instruction here, privileged allowed; lifted when it is first asked for. */
	single: Single | null;
	/** Operations of the block, and when somebody looked at it last: a number of `createLifted`, or `notYet`. */
	weight: number;
	turn: number;
	/** Units that hold a translation of the block, also such as are entered elsewhere. */
	copies: number;
	/** Translated code, `label` its place in it. */
	code: Code | null;
	label: number;
	/** Its place in the table that calls of translated code go by; -1: none has asked for it. */
	link: number;
	/** Runs in the engine it is on now. */
	runs: number;
	/** Runs after which the policy is asked again. */
	ask: number;
	/** false: thrown away; nothing refers to it but who just looked it up. */
	live: boolean;
	/** The next entry at the same place (another address, context or plainness). */
	next: Entry | null;
}

/** A unit in the cache and the entries that lead into it. */
export interface Code {
	readonly unit: Unit;
	readonly tier: Tier;
	/** Where entries that lead to the unit's first block are bound, while they do; null: nobody may call it from translated code. */
	readonly links: Links | null;
	/** The unit's function, here for the dispatch loop. */
	readonly run: Unit["run"];
	readonly entries: Entry[];
	readonly pages: readonly number[];
	/** Entries that still lead here. */
	users: number;
}
