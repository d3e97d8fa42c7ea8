/** Symbols of images in, the function that an address lies in out. Names are outside input: what is shown of them is made harmless here. */

import type { ImageSymbol, ImageSymbols } from "../../load/image.ts";
import type { Extent } from "./unwind.ts";

export interface KnownFunction extends Extent {
	readonly name: string;
}
export interface Symbols {
	/** null: none is known there. */
	at(address: number): KnownFunction | null;
}

/** A symbol without a size reaches to the next one, but not further than this. */
const longest = 1 << 20;
const longestName = 200;

/** Control characters, line ends and what changes the direction of text become U+FFFD; cut at 200 characters. */
export function harmless(name: string): string {
	const plain = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, "\ufffd");
	return plain.length > longestName ? `${plain.slice(0, longestName)}...` : plain;
}

/** Labels that linkers and assemblers make for themselves. */
const internal = /^(\$|\.L)|^$/;
const rank = ({ kind, bytes }: ImageSymbol): number => (kind === "function" ? 2 : 0) + (bytes > 0 ? 1 : 0);

export function createSymbols(all: readonly ImageSymbols[]): Symbols {
	const best = new Map<number, ImageSymbol>();
	for (const symbols of all) {
		for (let i = 0; i < symbols.count; i++) {
			const symbol = symbols.at(i);
			if (symbol.kind === "object" || internal.test(symbol.name)) continue;
			const there = best.get(symbol.value);
			if (!there || rank(symbol) > rank(there)) best.set(symbol.value, symbol);
		}
	}
	const sorted = [...best.values()].sort((a, b) => a.value - b.value);
	return {
		at(address) {
			let [low, high] = [0, sorted.length];
			while (low < high) {
				const middle = (low + high) >> 1;
				if (sorted[middle]!.value <= address) low = middle + 1;
				else high = middle;
			}
			const found = sorted[low - 1];
			if (!found) return null;
			const next = sorted[low]?.value ?? Number.POSITIVE_INFINITY;
			const end = found.bytes > 0 ? found.value + found.bytes : Math.min(next, found.value + longest);
			return address < end ? { name: harmless(found.name), start: found.value, end } : null;
		},
	};
}
