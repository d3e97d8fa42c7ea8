/** The shape of a region's control flow: edges between blocks in, nested loops and ways to reach a block out. */

/** Blocks lie in the order of the region. A loop is a run of blocks `[head, last]`, closed by a jump from within back to its head; loops nest. */
export interface Shape {
	/** last[p]: the last block of the loop whose head is p, or -1 */
	readonly last: readonly number[];
	/** parent[p]: head of the innermost loop around p that p is not the head of, or -1 */
	readonly parent: readonly number[];
}

/** `targets[p]`: the blocks that p jumps to. */
export function shapeOf(targets: readonly (readonly number[])[]): Shape {
	const last = targets.map(() => -1);
	targets.forEach((to, p) => {
		for (const t of to) if (t <= p) last[t] = Math.max(last[t]!, p);
	});
	// A loop that starts in another one and ends behind it makes that one longer, until all of them nest.
	for (let changed = true; changed; ) {
		changed = false;
		for (let outer = 0; outer < last.length; outer++) {
			for (let inner = outer + 1; inner <= last[outer]!; inner++) {
				if (last[inner]! > last[outer]!) {
					last[outer] = last[inner]!;
					changed = true;
				}
			}
		}
	}
	const parent: number[] = [];
	const open: number[] = [];
	for (let p = 0; p < last.length; p++) {
		while (open.length > 0 && last[open.at(-1)!]! < p) open.pop();
		parent.push(open.at(-1) ?? -1);
		if (last[p]! >= 0) open.push(p);
	}
	return { last, parent };
}

/**
 * How block `from` reaches block `to`: by a jump back to the loop of `to`, or forward to the start of `at` (`to` itself, or a loop around it that
 * `from` is not in). `label`: the variable that tells loops where to begin must be set, because one of them asks (`chosen`, by head).
 */
export function route(shape: Shape, chosen: readonly boolean[], from: number, to: number): { back: boolean; at: number; label: boolean } {
	if (to <= from) return { back: true, at: to, label: chosen[to]! };
	let at = to;
	for (let head = shape.parent[at]!; head > from; head = shape.parent[at]!) at = head;
	return { back: false, at, label: at !== to || chosen[to]! };
}
