/** Samples and symbols in, stacks of named functions out, the outermost first. */
import { hex } from "../../base/hex.ts";
import type { Sample } from "./sampler.ts";
import { createSymbols, type Symbols } from "./symbols.ts";
import { mostFrames } from "./unwind.ts";

export { createSymbols, type Symbols };

/** A function as it is shown. */
export interface Frame {
	readonly name: string;
	/** Lowest address, as the guest sees it. */
	readonly address: number;
}
export interface NamedSample {
	readonly frames: readonly Frame[];
	readonly weight: number;
}

/** An address without a symbol belongs to the function that began last before it, if that is not further away. */
const farthest = 1 << 14;
const pageBytes = 4096;
/** Above as many frames as are looked for. */
const deeper: Frame = { name: `(more than ${mostFrames} callers)`, address: 0 };

/** An address as the guest writes it. */
export const addressText = (address: number, bits: number): string =>
	address >= 0 ? hex(address) : `0x${(BigInt(address) & ((1n << BigInt(bits)) - 1n)).toString(16)}`;

/** `starts`: where functions begin for which there are no symbols. With several processors the outermost frame says which one it was. */
export function nameSamples(samples: readonly Sample[], symbols: Symbols, starts: Iterable<number>, o: { processors: number; bits: number }): NamedSample[] {
	const sorted = [...starts].sort((a, b) => a - b);
	const frames = new Map<number, Frame>();
	const byPc = new Map<number, Frame>();
	const one = (address: number, name: string): Frame => {
		let frame = frames.get(address);
		if (!frame) frames.set(address, (frame = { name, address }));
		return frame;
	};
	const named = (pc: number): Frame => {
		const symbol = symbols.at(pc);
		if (symbol) return one(symbol.start, symbol.name);
		let best = Number.NEGATIVE_INFINITY;
		for (let low = 0, high = sorted.length; low < high; ) {
			const middle = (low + high) >> 1;
			if (sorted[middle]! <= pc) {
				best = sorted[middle]!;
				low = middle + 1;
			} else high = middle;
		}
		if (pc - best <= farthest) return one(best, addressText(best, o.bits));
		const page = Math.floor(pc / pageBytes) * pageBytes;
		return one(page, `page ${addressText(page, o.bits)}`);
	};
	const frameOf = (pc: number): Frame => {
		let frame = byPc.get(pc);
		if (!frame) byPc.set(pc, (frame = named(pc)));
		return frame;
	};
	const processors = Array.from({ length: o.processors }, (_, i): Frame => ({ name: `processor ${i}`, address: i }));
	return samples.map(({ stack, processor, weight }) => {
		// a return address may be the first of the next function
		const list = stack.map((pc, i) => frameOf(i === 0 ? pc : pc - 1));
		if (stack.length >= mostFrames) list.push(deeper);
		if (o.processors > 1) list.push(processors[processor]!);
		return { frames: list.reverse(), weight };
	});
}
