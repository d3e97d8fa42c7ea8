/** An entry that is to be translated in, the regions out that are translated with it, its own or its function's first: which blocks belong together. */
import { Status } from "../base/status.ts";
import { type Code, type Entry, placeIn } from "../cache/entry.ts";
import { copyOf, type Region } from "../ir/block.ts";
import { returnAddress } from "../ir/calls.ts";
import { formRegion, reach } from "../lift/region.ts";
import { beside, mayCall } from "./beside.ts";
import { type Formed, placeBehind, type Spans } from "./formed.ts";
import type { Landmarks } from "./landmarks.ts";
import type { DispatcherParts } from "./parts.ts";
import type { Places } from "./places.ts";
import type { Order, Underway } from "./underway.ts";

/** Blocks that regions left out are known at most; then all are forgotten. */
const mostLeftOut = 1 << 16;

/** Does a block of the region that is not a copy in the place of a call begin there? */
const standsIn = (region: Region, pc: number, context: number): boolean =>
	region.blocks.some((block, i) => block.pc === pc && block.context === context && copyOf(region, i) < 0);

export interface FormingParts extends Pick<DispatcherParts, "isa" | "lifter" | "code" | "policy"> {
	readonly places: Places;
	readonly landmarks: Landmarks;
	readonly underway: Underway | null;
	/** Entries that are due for Wasm; those that come along do not wait any more. */
	readonly waiting: Set<Entry>;
}

/**
 * What is translated together with an entry; null when a part of its own region lies outside RAM or cannot be fetched any more. `lone`: in a unit that begins there, even if it
 * belongs to a function; `many`: several regions can become one module.
 */
export type Gather = (
	state: number,
	entry: Entry,
	view: number,
	tier: "js" | "wasm",
	how: { readonly lone: boolean; readonly many: boolean },
) => Pick<Order, "formed" | "replaced" | "around"> | null;

export function createForming({ isa, lifter, code, policy, places, landmarks, underway, waiting }: FormingParts): Gather {
	/**
	 * By place in RAM: the entry of the region that left a block out because it had not run. Most of what an operating system has translated would never run: without, a boot
	 * of Debian translated 77,000 blocks in place of 44,000. It is done under translation only, where regions are small: with whole programs in a region it cost sort 10 % and fft 60 %.
	 */
	const leftOut = new Map<number, Entry>();

	/** The entry known there, if it may be entered under the view. */
	const neighbour = (state: number, near: Entry, pc: number, context: number, view: number): Entry | undefined =>
		places.known(state, beside(near, pc, context, view), view);

	/** The region of an entry beside those of `others`, as if what it replaces were gone; null when a part of it lies outside RAM or cannot be fetched any more. */
	function form(state: number, entry: Entry, view: number, tier: "js" | "wasm", others: readonly Formed[] = [], replaced: Code | null = null): Formed | null {
		const { pc, context } = entry;
		/** Has the block been translated as well as this one will be, and often enough? */
		const skip = (to: number, word: number): boolean => {
			const there = neighbour(state, entry, to, word, view);
			if (there === undefined && view !== 0 && tier === "wasm" && policy.wasmAfter > 0) {
				if (leftOut.size >= mostLeftOut) leftOut.clear();
				leftOut.set(placeIn(beside(entry, to, word, view)), entry);
				return true;
			}
			let copies = there && there.code !== null && there.code !== replaced && (there.code.tier === tier || there.code.tier === "wasm") ? there.copies : 0;
			if (underway !== null && tier === "wasm") copies += underway.copies(placeIn(beside(entry, to, word, view)));
			for (const { region } of others) if (standsIn(region, to, word)) copies++;
			return copies >= policy[tier].copies;
		};
		const worth = (to: number, word: number) => policy.wasmAfter === 0 || neighbour(state, entry, to, word, view) !== undefined;
		const inline = { ...policy.inline, worth };
		const jumps = (behind: number): readonly number[] => landmarks.arms(placeIn(entry) + behind - pc).map((distance) => behind + distance);
		const shape = tier === "wasm" ? { calls: true, inline, jumps, apart: landmarks.apart, ...(view === 0 ? { reach } : {}) } : {};
		const options = { ...policy[tier], ...shape, plain: view === 0, contexts: isa.contexts, skip };
		const formed = formRegion(lifter, code.source(state), pc, context, options);
		if (!("blocks" in formed)) return null;
		const spans: Spans[] = [];
		for (const block of formed.blocks) {
			const where = places.spans(state, block.pc, block.bytes);
			if (!where) return null;
			spans.push(where);
			landmarks.learn(block, placeBehind(where, block), view === 0);
		}
		return { entry, region: formed, spans };
	}

	/** Regions that are called by the regions there are and ran already, until there are enough instructions. */
	function companions(state: number, first: Formed, view: number, tier: "js" | "wasm"): Formed[] {
		const all = [first];
		const taken = new Set([first.entry]);
		let instructions = 0;
		for (let i = 0; i < all.length; i++) {
			const { entry, region } = all[i]!;
			for (const block of region.blocks) instructions += block.count;
			for (const [label, block] of region.blocks.entries()) {
				if (instructions >= policy.batch) return all;
				if (region.copies?.includes(label)) continue;
				if (block.end.kind !== "jump" || returnAddress(block) === null || !mayCall(entry.pc, block.end.to, view)) continue;
				const there = neighbour(state, entry, block.end.to, block.end.context, view);
				if (there?.leave !== Status.next || there.code?.tier === tier || taken.has(there)) continue;
				taken.add(there);
				const more = form(state, there, view, tier, all);
				if (more) all.push(more);
			}
		}
		return all;
	}

	/**
	 * The regions of others that wait come along, as a module has a price, 55 us and some 26 KiB: those whose address was last seen in the view in force, and so leads
	 * where it did then. (Elsewhere it may lead to another page by now, and to ask where would mark that as accessed.)
	 */
	function joinedBy(state: number, formed: Formed[], view: number): void {
		const taken = new Set<number>();
		let instructions = 0;
		const take = ({ region }: Formed): void => {
			for (const { pc, count } of region.blocks) {
				taken.add(pc);
				instructions += count;
			}
		};
		formed.forEach(take);
		for (const entry of waiting) {
			if (instructions >= policy.together) return;
			const waits = entry.live && entry.code?.tier !== "wasm";
			if (waits && (entry.view !== view || places.known(state, entry, view) !== entry)) continue;
			waiting.delete(entry);
			// one that belongs to a region that is there, or to one that left it out, sees to that itself
			if (!waits || taken.has(entry.pc) || leftOut.has(placeIn(entry))) continue;
			const one = formAround(state, entry, view) ?? form(state, entry, view, "wasm", formed);
			if (!one || taken.has(one.entry.pc)) continue;
			formed.push(one);
			take(one);
		}
	}

	/** The region that left the entry's block out, formed anew. */
	function formAgain(state: number, entry: Entry, view: number): Formed | null {
		const place = placeIn(entry);
		const head = leftOut.get(place);
		leftOut.delete(place);
		if (!head?.live || head === entry || head.code?.tier !== "wasm" || head.label !== 0 || head.context !== entry.context) return null;
		if (neighbour(state, entry, head.pc, head.context, view) !== head) return null;
		return form(state, head, view, "wasm", [], head.code);
	}

	/** The region of the function around the entry, when it is known where that begins and the entry belongs to it. */
	function formAround(state: number, entry: Entry, view: number): Formed | null {
		const start = landmarks.functionOf(entry.pc, view === 0);
		if (start === null || start === entry.pc) return null;
		const head = neighbour(state, entry, start, entry.context, view);
		if (head?.leave !== Status.next || (head.code?.tier === "wasm" && head.label === 0)) return null;
		const formed = form(state, head, view, "wasm");
		return formed && standsIn(formed.region, entry.pc, entry.context) ? formed : null;
	}

	return (state, entry, view, tier, { lone, many }) => {
		const joins = !lone && tier === "wasm";
		const again = joins ? formAgain(state, entry, view) : null;
		const around = again ?? (joins ? formAround(state, entry, view) : null);
		const first = around ?? form(state, entry, view, tier);
		if (!first) return null;
		const formed = many ? companions(state, first, view, tier) : [first];
		if (many && tier === "wasm") joinedBy(state, formed, view);
		return { formed, replaced: again?.entry.code ?? null, around: around !== null };
	};
}
