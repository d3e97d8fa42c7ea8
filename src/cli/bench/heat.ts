/** A machine that runs and a dispatcher that says what it translates in, which regions the guest's time went to out. */
import { pageOf } from "../../../jit/base/port.ts";
import { Status, statusNames } from "../../../jit/base/status.ts";
import type { DispatchWatch } from "../../../jit/dispatch/parts.ts";
import type { Region } from "../../../jit/ir/block.ts";
import type { Tier } from "../../../jit/tier/policy.ts";
import { createRandom } from "../../base/random.ts";
import { createLook } from "../../debug/profile/look.ts";
import { nowMillis } from "../../host/node/time.ts";
import type { Machine } from "../../machine/machine.ts";
import type { RunResult } from "../../machine/options.ts";

/** A translated region that was seen to run. */
export interface HotRegion {
	readonly tier: Tier;
	readonly region: Region;
	/** Samples in it, and by address of an instruction. */
	samples: number;
	readonly at: Map<number, number>;
	/** It was translated in an earlier run: its blocks hold no ops. */
	readonly restored: boolean;
	/** The blocks' bytes, as they were at the first sample. */
	readonly code: readonly Uint8Array[];
}
export interface Place {
	readonly pc: number;
	readonly count: number;
}
export interface Heat {
	readonly watch: DispatchWatch;
	/** As `machine.run`, in short pieces, after each of which is noted where the guest is. */
	run(machine: Machine, instructions: number): RunResult;
	samples(): number;
	/** The hottest first. */
	regions(): HotRegion[];
	/** Where samples met no translated code, how often; the most frequent first. */
	cold(): Place[];
	/** By reason: the addresses most often refused; and by kind of exit: where translated code was left most often. */
	refused(): Map<string, Place[]>;
	left(): Map<string, Place[]>;
	/** Guest instructions translated, by tier. */
	readonly translated: Readonly<Record<Tier, number>>;
}

/** A piece takes about so long. */
const pieceMillis = 1;
const [least, most] = [1 << 12, 1 << 24];
/** Regions whose blocks are kept until a sample meets them; then the oldest are forgotten. */
const mostRegions = 4096;
const mostPlaces = 1 << 14;
const shown = 5;

interface Known {
	readonly tier: Tier;
	readonly region: Region;
	readonly restored: boolean;
	hot: HotRegion | null;
}

function countAt(counts: Map<number, number>, pc: number): void {
	if (counts.has(pc) || counts.size < mostPlaces) counts.set(pc, (counts.get(pc) ?? 0) + 1);
}
function top(counts: ReadonlyMap<number, number>): Place[] {
	const all = [...counts].map(([pc, count]) => ({ pc, count }));
	return all.sort((a, b) => b.count - a.count || a.pc - b.pc).slice(0, shown);
}

export function createHeat(): Heat {
	const random = createRandom(1);
	/** By page of their blocks; later ones last. */
	const pages = new Map<number, Set<Known>>();
	const order = new Set<Known>();
	const hot: HotRegion[] = [];
	const cold = new Map<number, number>();
	const reasons = new Map<string, Map<number, number>>();
	const exits = new Map<string, Map<number, number>>();
	const translated: Record<Tier, number> = { interpret: 0, js: 0, wasm: 0 };
	let look: ReturnType<typeof createLook> | undefined;
	let samples = 0;
	let piece = least;

	const pagesOf = (region: Region): Set<number> => new Set(region.blocks.flatMap(({ pc, bytes }) => [pageOf(pc), pageOf(pc + bytes - 1)]));
	function forget(known: Known): void {
		order.delete(known);
		for (const page of pagesOf(known.region)) pages.get(page)?.delete(known);
	}
	const named = (all: Map<string, Map<number, number>>, name: string): Map<number, number> => {
		let counts = all.get(name);
		if (!counts) all.set(name, (counts = new Map()));
		return counts;
	};
	/** The latest region with a block there. */
	function at(pc: number, context: number): Known | null {
		let found: Known | null = null;
		for (const known of pages.get(pageOf(pc)) ?? []) {
			if (known.region.blocks.some((b) => b.context === context && pc >= b.pc && pc < b.pc + b.bytes)) found = known;
		}
		return found;
	}
	function note(machine: Machine): void {
		look ??= createLook(machine);
		look.at(machine.processors[machine.current]!);
		const pc = look.pc();
		samples++;
		const known = at(pc, look.context());
		if (known === null) {
			countAt(cold, pc);
			return;
		}
		if (known.hot === null) {
			const code = known.region.blocks.map(({ pc: from, bytes }) => {
				const window = look!.code(from, true);
				return window ? window.bytes.slice(window.at, Math.min(window.at + bytes, window.end)) : new Uint8Array(0);
			});
			known.hot = { tier: known.tier, region: known.region, restored: known.restored, samples: 0, at: new Map(), code };
			hot.push(known.hot);
		}
		known.hot.samples++;
		known.hot.at.set(pc, (known.hot.at.get(pc) ?? 0) + 1);
	}
	return {
		watch: {
			translated(tier, region, restored) {
				if (!restored) for (const { count } of region.blocks) translated[tier] += count;
				const known: Known = { tier, region, restored, hot: null };
				order.add(known);
				for (const page of pagesOf(region)) {
					const there = pages.get(page);
					if (there) there.add(known);
					else pages.set(page, new Set([known]));
				}
				if (order.size <= mostRegions) return;
				for (const oldest of order) {
					forget(oldest);
					break;
				}
			},
			refused: (reason, pc) => countAt(named(reasons, reason), pc),
			left(status, pc) {
				if (status !== Status.budget && status !== Status.next) countAt(named(exits, statusNames[status]!), pc);
			},
		},
		run(machine, instructions) {
			const end = machine.spent + instructions;
			for (;;) {
				const from = nowMillis();
				const wanted = piece + random.below(piece >> 2);
				const result = machine.run(Math.max(0, Math.min(end - machine.spent, wanted)));
				if (result.reason === "limit") note(machine);
				if (result.reason !== "limit" || machine.spent >= end) return result;
				const took = nowMillis() - from;
				if (took < pieceMillis / 2 && piece < most) piece *= 2;
				if (took > pieceMillis * 2 && piece > least) piece /= 2;
			}
		},
		samples: () => samples,
		regions: () => hot.sort((a, b) => b.samples - a.samples || a.region.blocks[0]!.pc - b.region.blocks[0]!.pc),
		cold: () => top(cold),
		refused: () => new Map([...reasons].map(([name, counts]) => [name, top(counts)])),
		left: () => new Map([...exits].map(([name, counts]) => [name, top(counts)])),
		translated,
	};
}
