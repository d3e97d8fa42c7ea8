/** What a run was seen to do in, the report of its translation out, as data (what `--json` writes). */
import { refusals } from "../../../jit/base/refusal.ts";
import { createDecoder } from "../../../jit/decode/decoder.ts";
import { createDisassembler } from "../../../jit/decode/disassemble.ts";
import { createJsEmitter } from "../../../jit/emit/js/emit.ts";
import type { Binaryen } from "../../../jit/emit/wasm/binaryen.ts";
import { createWasmEmitter } from "../../../jit/emit/wasm/emit.ts";
import { addressText } from "../../debug/profile/frames.ts";
import type { Symbols } from "../../debug/profile/symbols.ts";
import type { Machine } from "../../machine/machine.ts";
import { wordText } from "../isa/disasm.ts";
import type { Report } from "../run/report.ts";
import type { Heat, HotRegion, Place } from "./heat.ts";
import type { Stage } from "./stages.ts";

export interface ShownPlace {
	readonly address: string;
	/** The function there, as symbols say. */
	readonly in: string | null;
	readonly count: number;
}
export interface GuestLine {
	readonly address: string;
	readonly bytes: string;
	readonly text: string;
	/** Of the region's samples. */
	readonly share: number;
	/** Begins a block. */
	readonly leads: boolean;
}
export interface ShownRegion {
	readonly tier: string;
	readonly address: string;
	readonly in: string | null;
	/** Of all samples. */
	readonly share: number;
	readonly blocks: number;
	readonly instructions: number;
	readonly guest: readonly GuestLine[];
	/** JavaScript, or WebAssembly text; none of what an earlier run translated. */
	readonly code: string;
}
export interface BenchReport {
	readonly image: string;
	readonly run: Report;
	/** Milliseconds of the host. */
	readonly stages: Readonly<Record<Stage, number>>;
	/** By engine: guest instructions translated, milliseconds it took, and the rate. */
	readonly translation: Readonly<Record<string, { readonly instructions: number; readonly millis: number; readonly perSecond: number }>>;
	readonly samples: number;
	readonly regions: readonly ShownRegion[];
	/** Where samples met no translated code. */
	readonly cold: { readonly share: number; readonly places: readonly ShownPlace[] };
	/** Where translated code was left most often, by why. */
	readonly left: Readonly<Record<string, readonly ShownPlace[]>>;
	readonly refusals: Readonly<Record<string, { readonly count: number; readonly meaning: string; readonly places: readonly ShownPlace[] }>>;
}

export interface Seen {
	readonly machine: Machine;
	readonly image: string;
	readonly symbols: Symbols;
	readonly heat: Heat;
	readonly run: Report;
	readonly stages: Readonly<Record<Stage, number>>;
	/** Regions that are shown with their code. */
	readonly top: number;
	/** For the text of WebAssembly; null: none is shown. */
	readonly binaryen: Binaryen | null;
}

/** The region's own function out of the text of its module. */
function functionOf(text: string): string {
	const lines = text.split("\n");
	const from = lines.findIndex((line) => line.startsWith("  (func $r0 "));
	const to = lines.findIndex((line, i) => i > from && /^ {0,2}\S/.test(line));
	return from < 0
		? text
		: lines
				.slice(from, to < 0 ? undefined : to)
				.join("\n")
				.replace(/^ {2}/gm, "");
}

const rounded = (n: number, digits = 2): number => Number(n.toFixed(digits));

export function createBenchReport({ machine, image, symbols, heat, run, stages, top, binaryen }: Seen): BenchReport {
	const { isa, layout, env, statistics } = machine;
	const bits = isa.addressBits;
	const samples = heat.samples();
	const share = (count: number, of = samples): number => (of === 0 ? 0 : rounded(count / of, 4));
	const named = (pc: number): string | null => symbols.at(pc)?.name ?? null;
	const placed = (places: readonly Place[]): ShownPlace[] => places.map(({ pc, count }) => ({ address: addressText(pc, bits), in: named(pc), count }));
	const eachPlaced = (all: ReadonlyMap<string, Place[]>): Record<string, ShownPlace[]> =>
		Object.fromEntries([...all].map(([name, places]) => [name, placed(places)]));

	const decoder = createDecoder(isa);
	const disassemble = createDisassembler(isa);
	function guestLines({ region, code, at, samples: sum }: HotRegion): GuestLine[] {
		const order = region.blocks.map((_, i) => i).sort((a, b) => region.blocks[a]!.pc - region.blocks[b]!.pc);
		return order.flatMap((i) => {
			const { pc, context } = region.blocks[i]!;
			const bytes = code[i]!;
			const lines: GuestLine[] = [];
			for (let from = 0; from < bytes.length; ) {
				const found = decoder.decode(bytes, from, bytes.length, context);
				const to = Math.min(bytes.length, from + Math.max(1, found.bytes));
				lines.push({
					address: addressText(pc + from, bits),
					bytes: wordText(bytes.subarray(from, to), isa.codeEndian),
					text: disassemble(found, pc + from).replace(/\s+/g, " "),
					share: share(at.get(pc + from) ?? 0, sum),
					leads: from === 0,
				});
				from = to;
			}
			return lines;
		});
	}
	const js = createJsEmitter(isa, layout, env);
	const wasm = binaryen === null ? null : createWasmEmitter(isa, layout, env, binaryen);
	const regions = heat.regions();
	const shown = regions.slice(0, top).map((hot): ShownRegion => {
		const { region, tier } = hot;
		const { pc } = region.blocks[0]!;
		return {
			tier,
			address: addressText(pc, bits),
			in: named(pc),
			share: share(hot.samples),
			blocks: region.blocks.length,
			instructions: region.blocks.reduce((sum, { count }) => sum + count, 0),
			guest: guestLines(hot),
			code: hot.restored ? "" : tier === "js" ? js.text(region) : wasm === null ? "" : functionOf(wasm.text(region)),
		};
	});
	const { millis } = statistics;
	const rates = (["js", "wasm"] as const).flatMap((tier) => {
		const instructions = heat.translated[tier];
		return instructions === 0 ? [] : [[tier, { instructions, millis: rounded(millis[tier]), perSecond: Math.round((1000 * instructions) / millis[tier]) }]];
	});
	const reasons = Object.entries(refusals).filter(([name]) => statistics.refusals[name as keyof typeof refusals] > 0);
	const refused = eachPlaced(heat.refused());
	return {
		image,
		run,
		stages: Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, rounded(ms)])) as Record<Stage, number>,
		translation: Object.fromEntries(rates),
		samples,
		regions: shown,
		cold: { share: rounded(1 - regions.reduce((sum, hot) => sum + share(hot.samples), 0), 4), places: placed(heat.cold()) },
		left: eachPlaced(heat.left()),
		refusals: Object.fromEntries(
			reasons.map(([name, meaning]) => [name, { count: statistics.refusals[name as keyof typeof refusals], meaning, places: refused[name] ?? [] }]),
		),
	};
}
