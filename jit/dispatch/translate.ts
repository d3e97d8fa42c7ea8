/** Translation: an entry that is worth it in, its region as a unit in the cache out; or a counted reason why not. */
import { pageOf, pageShift } from "../base/port.ts";
import type { Refusal } from "../base/refusal.ts";
import { type Entry, placeIn } from "../cache/entry.ts";
import type { KeptRegion } from "../cache/kept.ts";
import type { Block, Emitter, Job, JobEmitter, Links, Unit } from "../ir/block.ts";
import { chooseTier, never } from "../tier/choose.ts";
import type { Tier } from "../tier/policy.ts";
import { beside, mayCall } from "./beside.ts";
import type { Formed } from "./formed.ts";
import { createForming } from "./forming.ts";
import type { Landmarks } from "./landmarks.ts";
import { type CallPlaces, createCallPlaces } from "./links.ts";
import type { DispatcherParts, Statistics } from "./parts.ts";
import type { Places } from "./places.ts";
import { createRestore } from "./restore.ts";
import { createUnderway, type Order } from "./underway.ts";

const pageBytes = 1 << pageShift;
/** Runs after which an engine that was not there is looked for again. */
const askAgain = 1000;
/** Entries that wait for others at most. */
const mostWaiting = 64;
/** A page that was rewritten more often has its code translated anew, with patience. */
const mostRewrites = 8;

/**
 * Asks the policy about an entry that has run `entry.ask` times since it came to its engine, translates it if it is to move, and says when to ask
 * again. True: the entry leads into new code.
 */
export type Promote = (state: number, entry: Entry, view: number) => boolean;
export interface Translator {
	readonly promote: Promote;
	/** What was translated elsewhere comes into use. */
	arrive(): void;
	/** Translations for a later run, see `Kept`; null when none are kept. */
	keep(): Uint8Array | null;
}

export function createTranslator(
	parts: DispatcherParts,
	statistics: Statistics,
	places: Places,
	emitters: ReadonlyMap<Tier, Emitter>,
	landmarks: Landmarks,
): Translator {
	const { code, policy, cache } = parts;
	const now = parts.now ?? (() => 0);
	const ram = new Uint8Array(parts.env.memory.buffer, parts.env.ram.offset, parts.env.ram.bytes);
	const passes = parts.optimize ?? ((block) => block);
	/** Entries that are due for Wasm, and run a little longer as they are, so that others may come along. */
	const waiting = new Set<Entry>();
	/** Those of them that belong to a function whose region cannot be entered at them. */
	const alone = new WeakSet<Entry>();
	/** And those with which a helper had no luck. */
	const here = new WeakSet<Entry>();
	const wait = policy.wasmAfter < Number.POSITIVE_INFINITY ? policy.wasmAfter >> 2 : 0;
	/** What became of blocks that were translated before. */
	const optimized = new WeakMap<Block, Block>();
	const wasm = emitters.get("wasm");
	const kept = wasm?.load && wasm.links?.keep ? parts.kept : undefined;
	if (kept) wasm?.links?.keep?.(kept.nextSlot);
	let calls: CallPlaces | undefined = kept && wasm?.links ? createCallPlaces(wasm.links, kept.places) : undefined;
	// what is kept does not depend on when a helper has time
	const underway = wasm?.jobs && parts.helper && !kept ? createUnderway(parts.helper, cache) : null;
	const restore = kept && wasm ? createRestore({ ...parts, kept, emitter: wasm, places, callable, install, statistics }) : null;
	const gather = createForming({ ...parts, places, landmarks, underway, waiting });

	function optimize(block: Block): Block {
		let best = optimized.get(block);
		if (!best) {
			best = passes(block);
			optimized.set(block, best);
			optimized.set(best, best);
		}
		return best;
	}

	function refuse(entry: Entry, reason: Refusal, ask: number): false {
		statistics.refusals[reason]++;
		parts.watch?.refused(reason, entry.pc);
		entry.ask = ask;
		return false;
	}

	/** May code be called without looking whether it is still there? Without translation a store says so; else it and its caller must stand or fall together. */
	function callable(state: number, { entry, spans }: Formed, view: number): boolean {
		if (view === 0) return true;
		return spans.every((where) => where.every(({ page }) => page === entry.page)) && code.physical(state, pageOf(entry.pc) * pageBytes, pageBytes) >= 0;
	}
	/** The place of what is called from `caller`. */
	function placeOf(state: number, caller: Entry, pc: number, context: number, view: number): number {
		if (!calls || !mayCall(caller.pc, pc, view)) return -1;
		const where = beside(caller, pc, context, view);
		return calls.to(where, places.known(state, where, view));
	}

	/** Puts a unit into the cache, with an entry for each of its blocks. False: it is too large. */
	function install(formed: Formed, unit: Unit, tier: "js" | "wasm", links: Links | null, restored = false): boolean {
		const { entry, region, spans } = formed;
		const into: { entry: Entry; label: number }[] = [];
		const { entries } = unit;
		region.blocks.forEach((block, label) => {
			if (entries && !entries.includes(label)) return;
			const there = label === 0 ? entry : places.of(entry, block, spans[label]!);
			if (there.code?.tier !== tier) there.copies = 0;
			there.copies++;
			// code of the same or a better engine stays: it was made for that place
			if (label === 0 || there.code === null || (tier === "wasm" && there.code.tier === "js")) into.push({ entry: there, label });
			// it is large, and nobody interprets it while there is code
			there.cold = null;
		});
		if (!cache.install(unit, tier, into, spans.flat(), links)) return false;
		const { ask } = chooseTier(policy, tier, 0, cache.rewrites(entry.page));
		for (const { entry: there } of into) {
			there.ask = ask;
			if (links) calls?.claim(there);
		}
		statistics.tiers[tier].units++;
		statistics.tiers[tier].blocks += region.blocks.length;
		parts.watch?.translated(tier, region, restored);
		return true;
	}

	/** What a region was made from, to be known again. */
	function keptRegion({ region, spans }: Formed, free: boolean, { slot, entries, bytes }: Unit): KeptRegion {
		return {
			...{ slot: slot!, entries: entries!, bytes },
			plain: region.plain,
			callable: free,
			blocks: region.blocks.map(({ pc, context, count, bytes }) => ({ pc, context, count, bytes })),
			spans: spans.flat().map(({ page, from, to }) => ({ page, from, bytes: ram.slice(page * pageBytes + from, page * pageBytes + to) })),
		};
	}

	/** It is translated when it runs next. */
	function due(entry: Entry): void {
		if (!entry.live) return;
		waiting.add(entry);
		entry.ask = 0;
	}

	/** What a helper gets has not been through the passes: it does that too. */
	const finished = (formed: Formed): Formed => ({ ...formed, region: { ...formed.region, blocks: formed.region.blocks.map(optimize) } });

	/** Puts units where they belong, if that is still there (`valid`, by region). */
	function finish({ asked, formed, links, replaced, around }: Order, units: readonly Unit[], tier: "js" | "wasm", valid?: readonly boolean[]): void {
		const [{ entry: head }] = formed as [Formed];
		if (replaced !== null && head.code === replaced) cache.discard(head);
		for (let i = units.length - 1; i >= 0; i--) {
			const one = formed[i]!;
			// one that was thrown away to make room for the others is not worth a place any more
			if (!one.entry.live || valid?.[i] === false) units[i]!.dispose?.();
			else if (!install(one, units[i]!, tier, links[i]!)) refuse(one.entry, "too-large", never);
		}
		if (!asked.live || asked.code?.tier === tier) return;
		const made = valid?.[0] ?? true;
		if (made && replaced !== null && asked.code === null) {
			// it is reached from inside; if it goes on being entered from elsewhere, it will be translated for that
			asked.runs = 0;
			asked.ask = policy.wasmAfter;
		} else if (!made || around) {
			due(asked);
			if (made) alone.add(asked);
		}
	}

	/** `lone`: as for `Gather`. */
	function translate(state: number, entry: Entry, view: number, tier: "js" | "wasm", emitter: Emitter, lone: boolean): boolean {
		const start = now();
		const { jobs } = emitter;
		const gathered = gather(state, entry, view, tier, { lone, many: jobs !== undefined });
		let since = now();
		statistics.millis.lift += since - start;
		if (!gathered) return refuse(entry, "outside-ram", never);
		const { formed } = gathered;
		const free = formed.map((one) => jobs !== undefined && callable(state, one, view));
		const links = free.map((may) => (may ? (emitter.links ?? null) : null));
		const order: Order = { ...gathered, asked: entry, links };
		let job: Job | undefined;
		let ready: Formed[];
		let units: Unit[];
		try {
			if (emitter.links) calls ??= createCallPlaces(emitter.links);
			const link: NonNullable<Parameters<JobEmitter["prepare"]>[1]> = (caller, pc, context) => {
				const from = formed.findIndex(({ region }) => region === caller);
				return free[from] ? placeOf(state, formed[from]!.entry, pc, context, view) : -1;
			};
			job = jobs?.prepare(
				formed.map(({ region }) => region),
				link,
			);
			if (job && !here.has(entry) && underway?.submit(order, job)) return false;
			ready = formed.map(finished);
			const passed = now();
			statistics.millis.lift += passed - since;
			since = passed;
			if (jobs && job) {
				job = { ...job, regions: ready.map(({ region }) => region) };
				const made = jobs.work(job);
				units = jobs.units(job, made);
				if (kept && units.every(({ slot }) => emitter.links?.keeps?.(slot!)))
					kept.add({ code: made.code, regions: units.map((unit, i) => keptRegion(ready[i]!, free[i]!, unit)) });
			} else units = [emitter.emit(ready[0]!.region)];
		} catch {
			if (job) jobs?.drop(job);
			return refuse(entry, "emitter-failed", never);
		} finally {
			statistics.millis[tier] += now() - since;
		}
		finish({ ...order, formed: ready }, units, tier);
		if (!alone.delete(entry)) return entry.code !== null;
		waiting.delete(entry);
		return translate(state, entry, view, tier, emitter, true);
	}

	/** Installs what a helper has made meanwhile. */
	function arrive(): void {
		for (let back = underway?.back(); back; back = underway?.back()) {
			const { order, job, made, valid } = back;
			const jobs = wasm!.jobs!;
			let units: Unit[] | null = null;
			try {
				units = made && jobs.units(job, made);
			} catch {
				// then it could not be done
			}
			if (units !== null) {
				statistics.helped += units.length;
				finish(order, units, "wasm", valid);
				continue;
			}
			jobs.drop(job);
			here.add(order.asked);
			due(order.asked);
		}
	}

	const promote: Promote = (state, entry, view) => {
		const present = entry.code?.tier ?? "interpret";
		if (underway !== null && underway.copies(placeIn(entry)) > 0) {
			// it may be entered there
			entry.ask = entry.runs + Math.max(wait, 1);
			return false;
		}
		const rewrites = cache.rewrites(entry.page);
		if (restore !== null && present !== "wasm" && rewrites <= mostRewrites && restore(state, entry, view)) return true;
		const waited = waiting.delete(entry);
		const { tier, ask } = waited ? ({ tier: "wasm", ask: never } as const) : chooseTier(policy, present, entry.runs, rewrites);
		entry.ask = ask;
		// so that the count, which nobody looks at any more, does not outgrow its field
		if (ask === never) entry.runs = 0;
		if (tier === present || tier === "interpret") {
			if (rewrites > 0 && chooseTier(policy, present, entry.runs, 0).tier !== present) return refuse(entry, "page-rewritten", ask);
			return false;
		}
		const emitter = emitters.get(tier);
		if (!emitter) return refuse(entry, "emitter-missing", entry.runs + askAgain);
		if (tier === "wasm" && !waited && wait > 0 && waiting.size < mostWaiting) {
			waiting.add(entry);
			entry.ask = entry.runs + wait;
			return false;
		}
		return translate(state, entry, view, tier, emitter, alone.delete(entry));
	};
	return { promote, arrive, keep: () => kept?.bytes(calls?.keys() ?? []) ?? null };
}
