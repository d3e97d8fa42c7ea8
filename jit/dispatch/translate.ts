/** Translation: an entry that is worth it in, its region as a unit in the cache out; or a counted reason why not. */
import type { Refusal } from "../base/refusal.ts";
import type { Entry, Span } from "../cache/entry.ts";
import type { Emitter } from "../ir/block.ts";
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

export function createPromote(parts: DispatcherParts, statistics: Statistics, places: Places, emitters: ReadonlyMap<Tier, Emitter>): Promote {
	const { isa, lifter, code, policy, cache } = parts;
	const now = parts.now ?? (() => 0);
	const optimize = parts.optimize ?? ((block) => block);

	const refuse = (entry: Entry, reason: Refusal, ask: number): false => {
		statistics.refusals[reason]++;
		entry.ask = ask;
		return false;
	};

	function translate(state: number, entry: Entry, view: number, tier: "js" | "wasm", emitter: Emitter): boolean {
		const start = now();
		const { pc, context } = entry;
		/** Has the block been translated as well as this one will be, and often enough? */
		const skip = (to: number, word: number): boolean => {
			const there = cache.find(entry.page, entry.offset + to - pc, to, word, view === 0);
			return !!there && there.code !== null && there.copies >= policy.copies && (there.code.tier === tier || there.code.tier === "wasm");
		};
		const formed = formRegion(lifter, code.source(state), pc, context, { ...policy[tier], plain: view === 0, contexts: isa.contexts, skip });
		const lifted = now();
		statistics.millis.lift += lifted - start;
		// it could be lifted a moment ago: only a page that can no longer be fetched gets here, and then the next round finds out
		if (!("blocks" in formed)) return false;
		const spans: Span[] = [];
		for (const block of formed.blocks) {
			const where = places.spans(state, block.pc, block.bytes);
			if (!where) return refuse(entry, "outside-ram", never);
			spans.push(...where);
		}
		const into: { entry: Entry; label: number }[] = [];
		try {
			const unit = emitter.emit({ ...formed, blocks: formed.blocks.map((block) => optimize(block)) });
			formed.blocks.forEach((block, label) => {
				const there = label === 0 ? entry : places.of(state, block, view);
				if (there) there.copies++;
				// code of the same or a better engine stays: it was made for that place
				if (there && (label === 0 || there.code === null || (tier === "wasm" && there.code.tier === "js"))) into.push({ entry: there, label });
			});
			if (!cache.install(unit, tier, into, spans)) return refuse(entry, "too-large", never);
		} catch {
			return refuse(entry, "emitter-failed", never);
		} finally {
			statistics.millis[tier] += now() - lifted;
		}
		const { ask } = chooseTier(policy, tier, 0, cache.rewrites(entry.page));
		for (const { entry: there } of into) there.ask = ask;
		statistics.tiers[tier].units++;
		statistics.tiers[tier].blocks += formed.blocks.length;
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
