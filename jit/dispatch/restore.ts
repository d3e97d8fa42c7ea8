/** An entry that is not translated in, a unit of an earlier run into the cache, if one was made from the very same code at the very same place. */
import { pageShift } from "../base/port.ts";
import type { Entry } from "../cache/entry.ts";
import type { Kept, KeptModule, KeptRegion } from "../cache/kept.ts";
import type { Block, Emitter, KeptUnit, Links, Unit } from "../ir/block.ts";
import type { Formed, Spans } from "./formed.ts";
import type { DispatcherParts, Statistics } from "./parts.ts";
import type { Places } from "./places.ts";

const pageBytes = 1 << pageShift;

export interface RestoreParts extends Pick<DispatcherParts, "env"> {
	readonly kept: Kept;
	readonly emitter: Emitter;
	readonly places: Places;
	readonly statistics: Statistics;
	readonly callable: (state: number, formed: Formed, view: number) => boolean;
	readonly install: (formed: Formed, unit: Unit, tier: "wasm", links: Links | null, restored: boolean) => boolean;
}

/** A module of the earlier run in this one. */
interface Loaded {
	/** null: V8 does not take it. */
	readonly unit: ((number: number, unit: KeptUnit) => Unit) | null;
	/** Numbers of the units that are in the cache now. */
	readonly live: Set<number>;
}

/** True: the entry leads into a unit. */
export function createRestore(o: RestoreParts): (state: number, entry: Entry, view: number) => boolean {
	const { env, kept, emitter, places } = o;
	const ram = new Uint8Array(env.memory.buffer, env.ram.offset, env.ram.bytes);
	const loaded = new Map<KeptModule, Loaded>();

	/** The region as it lies in RAM now; null: something else is there. */
	function match(state: number, region: KeptRegion, view: number): Formed | null {
		if (region.plain !== (view === 0)) return null;
		const spans: Spans[] = [];
		for (const { pc, bytes } of region.blocks) {
			const where = places.spans(state, pc, bytes);
			if (!where) return null;
			spans.push(where);
		}
		const parts = spans.flat();
		if (parts.length !== region.spans.length) return null;
		for (let i = 0; i < parts.length; i++) {
			const { page, from, to } = parts[i]!;
			const { bytes, ...was } = region.spans[i]!;
			if (page !== was.page || from !== was.from || to - from !== bytes.length) return null;
			const at = page * pageBytes + from;
			for (let k = 0; k < bytes.length; k++) if (ram[at + k] !== bytes[k]) return null;
		}
		const blocks = region.blocks.map((block): Block => ({ ...block, ops: [], end: { kind: "none" } }));
		const entry = places.again(state, blocks[0]!, spans[0]!, view);
		return { entry, region: { blocks, plain: region.plain }, spans };
	}
	function load(module: KeptModule): Loaded {
		let known = loaded.get(module);
		if (!known) {
			let unit: Loaded["unit"] = null;
			try {
				unit = emitter.load!(module.code);
			} catch {
				// what V8 refuses is translated anew
			}
			loaded.set(module, (known = { unit, live: new Set() }));
		}
		return known;
	}
	function put(state: number, module: KeptModule, number: number, view: number): boolean {
		const region = module.regions[number]!;
		if (loaded.get(module)?.live.has(number)) return false;
		const formed = match(state, region, view);
		if (!formed) return false;
		const free = o.callable(state, formed, view);
		if (region.callable && !free) return false;
		const { unit, live } = load(module);
		if (unit === null) return false;
		const made = unit(number, region);
		live.add(number);
		const dispose = (): void => {
			live.delete(number);
			made.dispose?.();
		};
		const links = emitter.links && region.callable ? emitter.links : null;
		return o.install(formed, { ...made, dispose }, "wasm", links, true);
	}
	return (state, entry, view) => {
		if (!entry.live) return false;
		const from = kept.at(entry.pc, entry.context);
		for (const [module, number] of from) {
			if (!put(state, module, number, view)) continue;
			o.statistics.restored++;
			kept.used(module);
			// those that were translated with it call it, and are called by it
			for (let other = 0; other < module.regions.length; other++) if (other !== number && put(state, module, other, view)) o.statistics.restored++;
			if (entry.code !== null) return true;
		}
		return false;
	};
}
