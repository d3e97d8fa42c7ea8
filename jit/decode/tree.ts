/** A list of patterns (mask and value of each byte) in, a decision tree over little-endian 32-bit words of the code out. */

import { Bug } from "../base/errors.ts";

/** What the tree needs to know of an encoding: word k holds bytes 4k..4k+3, the first in the lowest bits. */
export interface Pattern {
	readonly bytes: number;
	readonly masks: readonly number[];
	readonly values: readonly number[];
}

/**
 * An inner node looks at `(word >>> shift) & mask` of the 32-bit word at byte `offset` and goes on at that child; a leaf has no children,
 * and its patterns are still to be checked whole. `bytes`: how long instructions are at least that get here.
 */
export class TreeNode<T extends Pattern> {
	constructor(
		readonly offset: number,
		readonly shift: number,
		readonly mask: number,
		/** null: there is none yet, see `childOf` */
		readonly children: (TreeNode<T> | null)[] | null,
		readonly leaf: readonly T[],
		readonly bytes: number,
		readonly grow: (key: number) => TreeNode<T>,
	) {}
}

/** The node to go on at. It is made when it is first needed: programs meet few of an ISA's instructions, and short ones should start at once. */
export function childOf<T extends Pattern>({ children, grow }: TreeNode<T>, key: number): TreeNode<T> {
	const there = children![key]!;
	if (there !== null) return there;
	const made = grow(key);
	children![key] = made;
	return made;
}

/** Widest group of bits one node looks at; 256 children of one pointer each. */
const groupBits = 8;
/** A node may list a pattern under several children, but all of them together at most this many times as often. */
const growth = 3;

/** Builds the tree. Patterns keep their order in each leaf. `least`: the length of what is not defined at all, in bytes. */
export function buildTree<T extends Pattern>(patterns: readonly T[], least: number): TreeNode<T> {
	return build(patterns, least, patterns.length * growth + 64);
}

function build<T extends Pattern>(patterns: readonly T[], inherited: number, room: number): TreeNode<T> {
	const group = patterns.length > 1 ? chooseGroup(patterns) : null;
	if (group === null) return leafOf(patterns, inherited);
	const { word, shift, width, clean } = group;
	const mask = 2 ** width - 1;
	const lists: T[][] = [];
	for (let key = 0; key <= mask; key++) lists.push([]);
	let placed = 0;
	for (const pattern of patterns) {
		const fixed = ((pattern.masks[word] ?? 0) >>> shift) & mask;
		const value = ((pattern.values[word] ?? 0) >>> shift) & mask;
		// every number that agrees with the fixed bits: value | subset of the free ones
		const free = mask & ~fixed;
		let subset = free;
		for (;;) {
			(lists[value | subset] as T[]).push(pattern);
			placed++;
			if (subset === 0) break;
			subset = (subset - 1) & free;
		}
	}
	if (!clean && (placed > room || lists.some((list) => list.length === patterns.length))) {
		return leafOf(patterns, inherited);
	}
	const grow = (key: number): TreeNode<T> => {
		const list = lists[key] as T[];
		const bytes = clean && list.length > 0 ? list.reduce((least, p) => Math.min(least, p.bytes), Number.POSITIVE_INFINITY) : inherited;
		return build(list, bytes, Math.max(64, room - placed));
	};
	return new TreeNode<T>(
		4 * word,
		shift,
		mask,
		lists.map(() => null),
		[],
		inherited,
		grow,
	);
}

function leafOf<T extends Pattern>(patterns: readonly T[], bytes: number): TreeNode<T> {
	const none = (key: number): never => {
		throw new Bug(`a leaf of a decision tree has no child ${key}`);
	};
	return new TreeNode<T>(0, 0, 0, null, patterns, bytes, none);
}

/** Of all bits the one that separates most pairs of patterns, with the neighbours that are fixed in as many patterns and still tell some apart. */
function chooseGroup(patterns: readonly Pattern[]): { word: number; shift: number; width: number; clean: boolean } | null {
	const words = patterns.reduce((most, p) => Math.max(most, p.masks.length), 0);
	let best: { word: number; bit: number; fixed: number; score: number } | null = null;
	const fixedAt: number[][] = [];
	const tells: boolean[][] = [];
	for (let word = 0; word < words; word++) {
		const fixedHere: number[] = [];
		const tellsHere: boolean[] = [];
		for (let bit = 0; bit < 32; bit++) {
			let ones = 0;
			let fixed = 0;
			for (const p of patterns) {
				fixed += ((p.masks[word] ?? 0) >>> bit) & 1;
				ones += ((p.values[word] ?? 0) >>> bit) & 1;
			}
			const zeros = fixed - ones;
			const score = ones * zeros;
			fixedHere.push(fixed);
			tellsHere.push(score > 0);
			// a bit that all patterns fix is worth more than any that some leave free
			if (score > 0 && (best === null || rank(fixed, score) > rank(best.fixed, best.score))) best = { word, bit, fixed, score };
		}
		fixedAt.push(fixedHere);
		tells.push(tellsHere);
	}
	if (best === null) return null;
	const { word, bit, fixed } = best;
	const counts = fixedAt[word] as number[];
	const useful = tells[word] as boolean[];
	let low = bit;
	let high = bit;
	while (high - low + 1 < groupBits) {
		if (low > 0 && useful[low - 1] && (counts[low - 1] as number) >= fixed) low--;
		else if (high < 31 && useful[high + 1] && (counts[high + 1] as number) >= fixed) high++;
		else break;
	}
	return { word, shift: low, width: high - low + 1, clean: fixed === patterns.length };

	function rank(fixedCount: number, score: number): number {
		return (fixedCount === patterns.length ? 2 : 1) * 1e9 + score - (fixedCount === patterns.length ? 0 : (patterns.length - fixedCount) * 0.5);
	}
}
