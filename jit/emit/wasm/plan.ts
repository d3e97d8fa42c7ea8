/** A region in, the plan of its function out: which blocks end in calls of their own, where each goes, where it may be entered, which loops there are. */
import type { StateLayout } from "../../base/layout.ts";
import type { DirectRam } from "../../base/port.ts";
import { type Block, copyOf, type Region } from "../../ir/block.ts";
import { returnAddress } from "../../ir/calls.ts";
import type { Isa } from "../../spec/isa.ts";
import { type Edge, type Flow, flowOf } from "../shared/flow.ts";
import { labelsOf, successors } from "../shared/region.ts";
import { isApart } from "./restart.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** What all regions of an emitter have in common. */
export interface Surroundings {
	readonly isa: Pick<Isa, "cells" | "memories" | "unitBytes">;
	readonly layout: StateLayout;
	readonly ram: DirectRam;
	/** See `hostFuses`. */
	readonly fuses: () => boolean;
	/** Offset of the jump table. null: there is none, or translated code may change a context cell, and then nobody knows in which context a call comes back. */
	readonly jumps: number | null;
}

/** A call that is made as one: where control comes back to, and the block there. */
export interface Call {
	readonly back: number;
	readonly to: number;
	/** The callee's place; -1: it is looked up in the jump table. */
	readonly place: number;
}

/** A place that an indirect jump was seen to go to: its address, and the block there. */
export interface Case {
	readonly pc: number;
	readonly to: number;
}

export interface Plan {
	/** The block that is reached from this one at an address, or -1: it is outside. */
	readonly to: (from: number, pc: number, context: number) => number;
	/** By block: where the callee stands that is in the place of its call, or -1. */
	readonly inlined: readonly number[];
	/** by block */
	readonly calls: readonly (Call | null)[];
	readonly cases: readonly (readonly Case[])[];
	/** By block: it ends in a call by pointer all of whose callees that were seen stand in its place, so others are not expected. */
	readonly known: readonly boolean[];
	readonly targets: readonly (readonly number[])[];
	/** Blocks that may be entered from outside. */
	readonly entries: readonly number[];
	readonly shape: Shape;
	/** by loop head: is it decided by the label where in the loop to begin? */
	readonly chosen: readonly boolean[];
	readonly flow: Flow;
}

/** `places`: by block the place of what its call leads to, see `Job`; left out, calls are looked up. */
export function planOf(region: Region, around: Surroundings, places?: readonly number[]): Plan {
	const { blocks } = region;
	const labels = labelsOf(region);
	const backs = blocks.map((block) => (region.calls ? returnAddress(block) : null));
	const to = (from: number, pc: number, context: number): number => labels(pc, context, copyOf(region, from));
	const continued = blocks.map(({ end, context }, p) => (backs[p] == null ? -1 : to(p, backs[p]!, end.kind === "jump" ? end.context : context)));
	const inlined = blocks.map(({ end }, p) => (region.copies && backs[p] !== null && end.kind === "jump" ? labels(end.to, end.context, p) : -1));
	const seenAt = ({ pc, bytes }: Block): readonly number[] => region.jumps?.get(pc + bytes) ?? [];
	const cases = blocks.map((block, p): Case[] => {
		if (block.end.kind !== "indirect" || around.jumps === null) return [];
		const call = copyOf(region, p);
		if (call >= 0 && backs[p] === null) return continued[call]! < 0 ? [] : [{ pc: backs[call]!, to: continued[call]! }];
		const within = backs[p] === null ? -1 : p;
		return seenAt(block)
			.map((pc) => ({ pc, to: labels(pc, block.context, within) }))
			.filter((one) => one.to >= 0);
	});
	const known = blocks.map((block, p) => {
		const some = backs[p] !== null && cases[p]!.length > 0;
		return some && cases[p]!.length === seenAt(block).length && !isApart(block, region.apart);
	});
	const calls = blocks.map(({ end }, p): Call | null => {
		if (continued[p]! < 0 || inlined[p]! >= 0 || known[p] || around.jumps === null) return null;
		return { back: backs[p]!, to: continued[p]!, place: end.kind === "jump" ? (places?.[p] ?? -1) : -1 };
	});
	const edges = blocks.map((_, p): Edge[] => {
		const within = cases[p]!.map((one) => ({ to: one.to, call: false }));
		const call = calls[p];
		if (call) return [...within, { to: call.to, call: true }];
		if (inlined[p]! >= 0) return [{ to: inlined[p]!, call: false }];
		const others = successors(region, p, labels).filter((one) => one >= 0);
		return [...others.map((one) => ({ to: one, call: false })), ...within];
	});
	const targets = edges.map((list) => list.map((one) => one.to));
	const shape = shapeOf(targets);
	const heads = shape.last.flatMap((last, p) => (last >= 0 ? [p] : []));
	const begun = [0, ...heads, ...continued].filter((p) => p >= 0 && copyOf(region, p) < 0);
	const some = [...new Set(begun)].sort((a, b) => a - b);
	const entries = region.calls ? some : blocks.map((_, p) => p);
	const chosen = shape.last.map((last, head) => {
		const inside = (p: number): boolean => p > head && p <= last;
		return last >= 0 && (entries.some(inside) || targets.some((list, from) => (from < head || from > last) && list.some(inside)));
	});
	return { to, inlined, calls, cases, known, targets, entries, shape, chosen, flow: flowOf(blocks, edges) };
}
