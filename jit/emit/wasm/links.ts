/** The table of functions that translated code enters each other by: units in, slots and places out. */
import { Jumps } from "../../base/jumps.ts";
import type { Environment } from "../../base/port.ts";
import type { Links, Unit } from "../../ir/block.ts";
import type { Surroundings } from "./plan.ts";
import { createRuntime, type Runtime, slotBits } from "./runtime.ts";

/** Most units; further ones are refused. */
const mostUnits = 1 << 16;
/** Slots below are used once where units are kept for later runs: those of a module know each other by them. */
const mostKept = mostUnits / 2;

export interface LinkTable extends Links {
	/** What modules import from. */
	readonly runtime: Runtime;
	/** A slot for a unit that is about to be made. Throws `RangeError` when there are too many. */
	slot(): number;
	/** The slot again, of a unit that was not made. */
	free(slot: number): void;
	/** The unit of a region's function. */
	unit(slot: number, run: unknown, rest: Pick<Unit, "entries" | "bytes">): Unit;
}

export function createLinks(around: Surroundings, env: Environment, shared: boolean): LinkTable {
	const { memory, jumps } = env;
	const functions = new WebAssembly.Table({ element: "anyfunc", initial: 1024, maximum: mostUnits });
	const runtime = createRuntime(around, env, shared, functions);
	const { back, go } = runtime;
	functions.set(0, back);
	const words = new Int32Array(memory.buffer);
	const first = jumps === undefined ? -1 : (jumps + Jumps.links) >> 2;
	let places = 1;
	let slots = 1;
	/** Slots from 1 to below this are never used again. */
	let kept = 0;
	const free: number[] = [];
	const give = (slot: number): void => void (slot >= kept && free.push(slot));
	return {
		runtime,
		reserve: () => (first < 0 || places === Jumps.places ? -1 : places++),
		bind(place, unit, label) {
			words[first + place] = unit === null ? 0 : unit.slot! | (label << slotBits);
		},
		keep(next) {
			kept = mostKept;
			slots = Math.min(next, kept);
			if (slots > functions.length) functions.grow(slots - functions.length);
		},
		keeps: (slot) => slot < kept,
		slot() {
			if (slots >= kept && free.length > 0) return free.pop()!;
			if (slots === functions.length) functions.grow(Math.min(slots, mostUnits - slots));
			return slots++;
		},
		free: give,
		unit(slot, run, rest) {
			functions.set(slot, run);
			return {
				...rest,
				slot,
				run: (state, label) => go(state, slot | (label << slotBits)),
				dispose() {
					functions.set(slot, back);
					give(slot);
				},
			};
		},
	};
}
