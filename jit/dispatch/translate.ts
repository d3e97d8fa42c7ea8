/** Translation: an entry that is worth it in, its region as a unit in the cache out; or a counted reason why not. */
import type { Refusal } from "../base/refusal.ts";
import type { Entry, Span } from "../cache/entry.ts";
import type { Emitter, Region, Unit } from "../ir/block.ts";
import { formRegion } from "../lift/region.ts";
import { chooseTier, never } from "../tier/choose.ts";
import type { Tier } from "../tier/policy.ts";
import type { DispatcherParts, Statistics } from "./parts.ts";
import type { Places } from "./places.ts";

/** Runs after which an engine that was not there is looked for again. */
const askAgain = 1000;

/**
 * Asks the policy about an entry that has run `entry.ask` times since it came to its engine, translates it if it is to move, and says when to ask
 * again. True: the entry leads into new code.
 */
export type Promote = (state: number, entry: Entry, view: number) => boolean;

/** A region that is to be translated, and where it comes from. */
interface Formed {
	readonly entry: Entry;
	readonly region: Region;
	readonly spans: readonly Span[];
}

export function createPromote(parts: DispatcherParts, statistics: Statistics, places: Places, emitters: ReadonlyMap<Tier, Emitter>): Promote {
	const { isa, lifter, code, policy, cache } = parts;
	const now = parts.now ?? (() => 0);
	const optimize = parts.optimize ?? ((block) => block);

	function refuse(entry: Entry, reason: Refusal, ask: number): false {
		statistics.refusals[reason]++;
		entry.ask = ask;
		return false;
	}

	/** The region of an entry beside those of `others`; null when a part of it lies outside RAM or cannot be fetched any more. */
	function form(state: number, entry: Entry, view: number, tier: "js" | "wasm", others: readonly Formed[] = []): Formed | null {
		const { pc, context } = entry;
		/** Has the block been translated as well as this one will be, and often enough? */
		const skip = (to: number, word: number): boolean => {
			const there = cache.find(entry.page, entry.offset + to - pc, to, word, view === 0);
			let copies = there && there.code !== null && (there.code.tier === tier || there.code.tier === "wasm") ? there.copies : 0;
			for (const { region } of others) if (region.blocks.some((block) => block.pc === to && block.context === word)) copies++;
			return copies >= policy.copies;
		};
		const formed = formRegion(lifter, code.source(state), pc, context, { ...policy[tier], plain: view === 0, contexts: isa.contexts, skip });
		if (!("blocks" in formed)) return null;
		const spans: Span[] = [];
		for (const block of formed.blocks) {
			const where = places.spans(state, block.pc, block.bytes);
			if (!where) return null;
			spans.push(...where);
		}
		return { entry, region: { ...formed, blocks: formed.blocks.map((block) => optimize(block)) }, spans };
	}

	/** Regions that ran already and stand after blocks that leave the regions there are (calls return there), until there are enough instructions. */
	function companions(state: number, first: Formed, view: number, tier: "js" | "wasm"): Formed[] {
		const all = [first];
		const taken = new Set([first.entry]);
		const page = Math.floor(first.entry.pc / 4096);
		let instructions = 0;
		for (let i = 0; i < all.length; i++) {
			const { entry, region } = all[i]!;
			for (const block of region.blocks) instructions += block.count;
			for (const { pc, bytes, end, context } of region.blocks) {
				if (instructions >= policy.batch) return all;
				if (end.kind !== "jump" && end.kind !== "indirect") continue;
				const next = pc + bytes;
				if (Math.floor(next / 4096) !== page) continue;
				const word = end.kind === "jump" ? end.context : context;
				const there = cache.find(entry.page, entry.offset + next - entry.pc, next, word, view === 0);
				if (!there?.block || there.code?.tier === tier || taken.has(there)) continue;
				taken.add(there);
				const more = form(state, there, view, tier, all);
				if (more) all.push(more);
			}
		}
		return all;
	}

	/** Puts a unit into the cache, with an entry for each of its blocks. False: it is too large. */
	function install(state: number, { entry, region, spans }: Formed, unit: Unit, view: number, tier: "js" | "wasm"): boolean {
		const into: { entry: Entry; label: number }[] = [];
		region.blocks.forEach((block, label) => {
			const there = label === 0 ? entry : places.of(state, block, view);
			if (!there) return;
			if (there.code?.tier !== tier) there.copies = 0;
			there.copies++;
			// code of the same or a better engine stays: it was made for that place
			if (label === 0 || there.code === null || (tier === "wasm" && there.code.tier === "js")) into.push({ entry: there, label });
		});
		if (!cache.install(unit, tier, into, spans)) return false;
		const { ask } = chooseTier(policy, tier, 0, cache.rewrites(entry.page));
		for (const { entry: there } of into) there.ask = ask;
		statistics.tiers[tier].units++;
		statistics.tiers[tier].blocks += region.blocks.length;
		return true;
	}

	function translate(state: number, entry: Entry, view: number, tier: "js" | "wasm", emitter: Emitter): boolean {
		const start = now();
		const first = form(state, entry, view, tier);
		const formed = first && emitter.emitMany ? companions(state, first, view, tier) : [first];
		const lifted = now();
		statistics.millis.lift += lifted - start;
		if (!first) return refuse(entry, "outside-ram", never);
		const regions = (formed as Formed[]).map(({ region }) => region);
		let units: Unit[];
		try {
			units = emitter.emitMany?.(regions) ?? [emitter.emit(first.region)];
		} catch {
			return refuse(entry, "emitter-failed", never);
		} finally {
			statistics.millis[tier] += now() - lifted;
		}
		for (let i = units.length - 1; i >= 0; i--) {
			const one = formed[i]!;
			// one that was thrown away to make room for the others is not worth a place any more
			if (one.entry.live && !install(state, one, units[i]!, view, tier)) refuse(one.entry, "too-large", never);
		}
		return entry.code !== null;
	}

	return (state, entry, view) => {
		const present = entry.code?.tier ?? "interpret";
		const rewrites = cache.rewrites(entry.page);
		const { tier, ask } = chooseTier(policy, present, entry.runs, rewrites);
		entry.ask = ask;
		// so that the count, which nobody looks at any more, does not outgrow its field
		if (ask === never) entry.runs = 0;
		if (tier === present || tier === "interpret") {
			if (rewrites > 0 && chooseTier(policy, present, entry.runs, 0).tier !== present) statistics.refusals["page-rewritten"]++;
			return false;
		}
		const emitter = emitters.get(tier);
		if (!emitter) return refuse(entry, "emitter-missing", entry.runs + askAgain);
		return translate(state, entry, view, tier, emitter);
	};
}
