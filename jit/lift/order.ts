/** A graph of blocks in, an order out in which every loop is a run of blocks that starts at its head. */

/** `to[p]`: where block p goes. Block 0 comes first; what cannot be reached from it is left out. Among equals, the one that stands first in the graph goes first. */
export function orderBlocks(to: readonly (readonly number[])[]): number[] {
	const order: number[] = [];
	place(0, new Set(to.keys()), to, order);
	return order;
}

/** Orders what is reached from `head` within `within`; no edge back to `head` counts. What goes round without it is a loop within, with a head of its own. */
function place(head: number, within: ReadonlySet<number>, to: readonly (readonly number[])[], order: number[]): void {
	order.push(head);
	const rest = new Set(within);
	rest.delete(head);
	for (const group of components(to[head]!, rest, to)) {
		if (group.length === 1) order.push(group[0]!);
		else place(group[0]!, new Set(group), to, order);
	}
}

/**
 * Strongly connected components of what is reached from `roots` within `within`, each before those it leads to, each with the block that was reached
 * first in front (Tarjan's algorithm, without recursion: regions may be long chains).
 */
function components(roots: readonly number[], within: ReadonlySet<number>, to: readonly (readonly number[])[]): number[][] {
	const number = new Map<number, number>();
	const low = new Map<number, number>();
	const open: number[] = [];
	const isOpen = new Set<number>();
	const found: number[][] = [];
	const path: { at: number; next: number }[] = [];
	const enter = (at: number): void => {
		number.set(at, number.size);
		low.set(at, number.get(at)!);
		open.push(at);
		isOpen.add(at);
		path.push({ at, next: 0 });
	};
	// The last root first: components come out backwards.
	for (const root of [...roots].reverse()) {
		if (!within.has(root) || number.has(root)) continue;
		enter(root);
		while (path.length > 0) {
			const top = path[path.length - 1]!;
			const edges = to[top.at]!;
			const next = edges[edges.length - 1 - top.next++];
			if (next !== undefined) {
				if (!within.has(next)) continue;
				if (!number.has(next)) enter(next);
				else if (isOpen.has(next)) low.set(top.at, Math.min(low.get(top.at)!, number.get(next)!));
				continue;
			}
			path.pop();
			const parent = path[path.length - 1];
			if (parent) low.set(parent.at, Math.min(low.get(parent.at)!, low.get(top.at)!));
			if (low.get(top.at) !== number.get(top.at)) continue;
			const group = open.splice(open.indexOf(top.at));
			for (const block of group) isOpen.delete(block);
			found.push(group);
		}
	}
	return found.reverse();
}
