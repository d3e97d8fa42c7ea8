/** One processor as the machine sees it: its state's place, its counters, its interrupt wires; and cells read and written as numbers. */
import type { StateLayout } from "../../jit/base/layout.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { createLine, type Line } from "../base/line.ts";

export interface Processor {
	readonly index: number;
	/** Byte offset of its state in the shared memory. */
	readonly state: number;
	retired: number;
	/** Waits for an interrupt. */
	waiting: boolean;
	/** Lets the others go first. */
	yields: boolean;
	/** The clock may have changed what `interrupt` and `wake` answer. */
	due: boolean;
	/** Something that decides about interrupts, translation or waiting may have changed since `handle` looked last. */
	dirty: boolean;
	/** Accesses need no translation. */
	plain: boolean;
	/** 0 when plain; else the number of the translation in force: see `CodeAccess.view`. */
	view: number;
	/** The wires of the ISA's `lines`, by name. */
	readonly lines: ReadonlyMap<string, Line>;
}

/** `changed` is called when a wire changes its level. */
export function createProcessor(isa: Isa, layout: StateLayout, words: Int32Array, index: number, state: number, changed: () => void): Processor {
	const lines = new Map<string, Line>();
	for (const [name, { cell, bit, edge }] of isa.lines) {
		const word = (state + layout.offsets[cell]! + 4 * (bit >> 5)) >> 2;
		const mask = 1 << (bit & 31);
		const drive = (level: boolean): void => {
			if (level) words[word]! |= mask;
			else if (edge) return;
			else words[word]! &= ~mask;
			processor.dirty = true;
			changed();
		};
		lines.set(name, createLine(drive));
	}
	const processor: Processor = { index, state, retired: 0, waiting: false, yields: false, due: false, dirty: true, plain: false, view: -1, lines };
	return processor;
}

/** Low and high word of a cell. */
export function readCell(words: Int32Array, layout: StateLayout, state: number, cell: number): readonly [lo: number, hi: number] {
	const at = (state + layout.offsets[cell]!) >> 2;
	return [words[at]!, words[at + 1]!];
}

/** A program counter in halves as jit's numbers have it: of an ISA wider than 32 bits the signed reading, else the unsigned one. */
export function toPc(lo: number, hi: number, addressBits: number): number {
	return addressBits > 32 ? hi * 2 ** 32 + (lo >>> 0) : lo >>> 0;
}
