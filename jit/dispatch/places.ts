/** Places: the pc of a processor in, the cache's entry for it out, lifted when it is met for the first time. */
import { Header } from "../base/layout.ts";
import { Access, pageOf, pageShift } from "../base/port.ts";
import { Status } from "../base/status.ts";
import { type CodePlace, type Cold, type Entry, notYet, type Single, type Span } from "../cache/entry.ts";
import type { BareInterpreter } from "../interpret/interpret.ts";
import type { Block } from "../ir/block.ts";
import { placeBehind, type Spans } from "./formed.ts";
import type { Landmarks } from "./landmarks.ts";
import type { Lifted } from "./lifted.ts";
import type { DispatcherParts, Statistics } from "./parts.ts";
import { createQuiet } from "./quiet.ts";

const pageBytes = 1 << pageShift;
/**
 * Guest instructions in a block that is lifted to be interpreted. Runs end anywhere, and what begins there reaches into the same code again: with blocks of 256 the
 * operations of a boot of Debian took 460 MiB more, at no gain.
 */
export const mostCold = 32;

export interface Places {
	/** The entry at an address; null: the code cannot be fetched, the header says why. One that is not `cached` is good for once only. */
	at(state: number, lo: number, hi: number, context: number, view: number): Entry | null;
	/** The entry for a block that lies there and belongs to a region of `head`: it may be entered by whom that may be entered by. */
	of(head: Entry, block: Block, where: Spans): Entry;
	/** The entry for a block that was lifted in an earlier run, and lies there now. */
	again(state: number, block: Block, where: Spans, view: number): Entry;
	/** The entry that is known at a place of RAM, if it may be entered under the view in force. */
	known(state: number, where: CodePlace, view: number): Entry | undefined;
	/** The block at an entry that has one, for the interpreter; null: it cannot be fetched any more. */
	cold(state: number, entry: Entry): Cold | null;
	/** The instruction at an entry, privileged ones allowed; null: it cannot be fetched; a number: no instruction is there. */
	single(state: number, entry: Entry): Single | Status | null;
	/** The parts of RAM in `bytes` from virtual `pc` on; null when a part lies elsewhere or cannot be fetched. */
	spans(state: number, pc: number, bytes: number): Spans | null;
}

export function createPlaces(
	parts: DispatcherParts,
	statistics: Statistics,
	landmarks: Landmarks,
	kept: Lifted,
	compiled: BareInterpreter["compiled"],
): Places {
	const { isa, env, code, lifter, cache, interpreter } = parts;
	const quiet = createQuiet(isa, parts.alone ?? false);
	/** What was lifted last, for who runs it at once. */
	let fresh: { readonly entry: Entry; readonly block: Block } | null = null;
	const now = parts.now ?? (() => 0);
	const words = new Int32Array(env.memory.buffer);
	const wide = isa.addressBits > 32;
	const pages = Math.floor(env.ram.bytes / pageBytes);
	/** As a small number, which takes no room of its own. */
	const offsetOf = (physical: number): number => (physical - env.ram.base) & (pageBytes - 1);

	/** The header for code that cannot be fetched at `pc`. */
	function fetchFault(state: number, pc: number, lo = pc | 0, hi = wide ? Math.floor(pc / 4294967296) | 0 : 0): null {
		if (Number.isSafeInteger(pc) && code.physical(state, pc) < 0) return null;
		const s = state >> 2;
		words[s + (Header.status >> 2)] = Status.fault;
		words[s + (Header.access >> 2)] = Access.fetch;
		words[s + (Header.addressLo >> 2)] = lo;
		words[s + (Header.addressHi >> 2)] = hi;
		return null;
	}

	function spans(state: number, pc: number, bytes: number): Spans | null {
		const found: Span[] = [];
		for (let at = pc; at < pc + bytes; ) {
			const physical = code.physical(state, at);
			const page = Math.floor((physical - env.ram.base) / pageBytes);
			if (physical < 0 || page < 0 || page >= pages) return null;
			const from = offsetOf(physical);
			const to = Math.min(pageBytes, from + ((pc + bytes - at) | 0));
			found.push({ page, from, to });
			at += to - from;
		}
		return found as [Span, ...Span[]];
	}

	type Rights = Pick<Entry, "plain" | "view" | "only">;
	const rightsAt = (state: number, pc: number, view: number): Rights => ({ plain: view === 0, view, only: whole(state, pc, view) ? 0 : view });

	function make({ plain, view, only }: Rights, pc: number, context: number, leave: number, where: readonly Span[]): Entry {
		const [lo, hi] = [pc | 0, wide ? Math.floor(pc / 4294967296) | 0 : 0];
		const { page, from, to } = where[0] ?? { page: -1, from: 0, to: 0 };
		return {
			pc,
			lo,
			hi,
			context,
			plain,
			view,
			only,
			page,
			offset: from,
			to,
			rest: where.length > 1 ? where.slice(1) : null,
			cold: null,
			leave,
			single: null,
			weight: 0,
			turn: notYet,
			copies: 0,
			code: null,
			label: 0,
			link: -1,
			runs: 0,
			ask: 0,
			live: where.length > 0,
			next: null,
		};
	}

	/** Code is translated for where its second page was; the key knows the first page only. */
	function stillThere(state: number, entry: Entry): boolean {
		const second = entry.rest?.[0];
		if (!second) return true;
		const physical = code.physical(state, (pageOf(entry.pc) + 1) * pageBytes);
		return physical - env.ram.base === second.page * pageBytes;
	}

	/** Can the whole page of an address be fetched? Rights may end in the middle of a page. */
	const whole = (state: number, pc: number, view: number): boolean => view === 0 || code.physical(state, pageOf(pc) * pageBytes, pageBytes) >= 0;

	/**
	 * Accepts entries that may be entered: those of another view only where the whole page can be fetched, now and when they were made: their blocks, and
	 * those they were translated with, were lifted under other rights.
	 */
	const usable =
		(state: number, view: number) =>
		(entry: Entry): boolean => {
			if (view === 0) return true;
			const allowed = entry.only === 0 ? entry.view === view || whole(state, entry.pc, view) : entry.only === view;
			return allowed && stillThere(state, entry);
		};

	const known = (state: number, { page, offset, pc, context, plain }: CodePlace, view: number): Entry | undefined =>
		cache.find(page, offset, pc, context, plain, usable(state, view));

	/** What lifting gives, its time counted. */
	function timed<T>(lift: () => T): T {
		const start = now();
		const lifted = lift();
		statistics.millis.lift += now() - start;
		return lifted;
	}

	function create(state: number, pc: number, context: number, view: number, inRam: boolean): Entry | null {
		const lifted = timed(() => lifter.block(code.source(state), pc, context, inRam ? mostCold : 1));
		const entry = (block: Block | null, leave: number, where: readonly Span[]): Entry => {
			const made = make(rightsAt(state, pc, view), pc, context, leave, where);
			fresh = block && { entry: made, block };
			return made;
		};
		if (!("status" in lifted)) {
			statistics.tiers.interpret.blocks++;
			const where = inRam ? spans(state, pc, lifted.bytes) : null;
			// before control can come back to what is behind a call
			if (where) landmarks.learn(lifted, placeBehind(where, lifted), view === 0);
			if (where) return entry(lifted, Status.next, where);
			statistics.refusals["outside-ram"]++;
			if (lifted.count === 1) return entry(lifted, Status.next, []);
			const one = lifter.block(code.source(state), pc, context, 1);
			return "status" in one ? entry(null, one.status, []) : entry(one, Status.next, []);
		}
		if (lifted.status === Status.fault) return fetchFault(state, lifted.address);
		const where = inRam ? (spans(state, pc, isa.maxBytes) ?? spans(state, pc, isa.unitBytes)) : null;
		return entry(null, lifted.status, where ?? []);
	}

	function of(rights: Rights, { pc, context }: Block, where: Spans): Entry {
		const [{ page, from }] = where;
		const found = cache.find(page, from, pc, context, rights.plain, ({ leave, only }) => leave === Status.next && only === rights.only);
		if (found) return found;
		const entry = make(rights, pc, context, Status.next, where);
		cache.add(entry);
		return entry;
	}

	return {
		spans,
		known,
		at(state, lo, hi, context, view) {
			const pc = wide ? hi * 4294967296 + (lo >>> 0) : lo >>> 0;
			if (!Number.isSafeInteger(pc)) return fetchFault(state, pc, lo, hi);
			const physical = code.physical(state, pc);
			if (physical < 0) return null;
			const page = Math.floor((physical - env.ram.base) / pageBytes);
			const inRam = page >= 0 && page < pages;
			const offset = offsetOf(physical);
			const found = inRam ? known(state, { page, offset, pc, context, plain: view === 0 }, view) : undefined;
			if (found) {
				found.view = view;
				return found;
			}
			const entry = create(state, pc, context, view, inRam);
			if (entry?.live) cache.add(entry);
			return entry;
		},
		of,
		again: (state, block, where, view) => of(rightsAt(state, block.pc, view), block, where),
		cold(state, entry) {
			if (entry.cold) {
				kept.used(entry);
				return entry.cold;
			}
			let block: Block;
			if (fresh?.entry === entry) block = fresh.block;
			else {
				const lifted = timed(() => lifter.block(code.source(state), entry.pc, entry.context, mostCold));
				if ("status" in lifted) return fetchFault(state, lifted.address);
				statistics.tiers.interpret.blocks++;
				block = lifted;
			}
			fresh = null;
			entry.cold = { program: compiled(block, kept.room), count: block.count, jumps: block.end.kind === "indirect" ? block.bytes : 0 };
			kept.made(entry, block.ops.length);
			return entry.cold;
		},
		single(state, entry) {
			if (entry.single) return entry.single;
			const lifted = timed(() => lifter.single(code.source(state), entry.pc, entry.context));
			if (!("status" in lifted)) return (entry.single = { run: interpreter.prepare(lifted), quiet: quiet(lifted) });
			return lifted.status === Status.fault ? fetchFault(state, lifted.address) : lifted.status;
		},
	};
}
