/** Ways out of a region's function: sets of cells to write back in, one piece of code for each different set out, behind all other code. */
import type { Node, Nodes } from "./nodes.ts";

/** `next`: to the address in pc. `leave`: from the middle, as the mark says. */
export type Way = "next" | "leave";

interface Exit {
	readonly way: Way;
	readonly label: string;
	readonly cells: readonly number[];
}

export class Exits {
	readonly #exits = new Map<string, Exit>();

	/** The label to jump to, to write these cells back and leave. */
	to(way: Way, cells: Iterable<number>): string {
		const sorted = [...cells].sort((a, b) => a - b);
		const key = `${way} ${sorted.join()}`;
		let exit = this.#exits.get(key);
		if (!exit) {
			exit = { way, label: `${way}${this.#exits.size}`, cells: sorted };
			this.#exits.set(key, exit);
		}
		return exit.label;
	}

	/**
	 * `main`, whose end is not reached, with the exits behind it; `last` is what is done when the cells have been written back. The largest sets come
	 * first: what they have in common with a smaller one is left to that one.
	 */
	around(nodes: Nodes, main: readonly Node[], write: (cell: number) => Node, last: Readonly<Record<Way, () => Node[]>>): Node[] {
		let code: Node[] = [...main];
		for (const way of ["next", "leave"] as const) {
			const exits = [...this.#exits.values()].filter((exit) => exit.way === way).sort((a, b) => b.cells.length - a.cells.length);
			exits.forEach(({ label, cells }, k) => {
				code = [nodes.block(label, code)];
				const rest = exits.slice(k + 1).find((other) => other.cells.every((cell) => cells.includes(cell)));
				for (const cell of cells) if (!rest?.cells.includes(cell)) code.push(write(cell));
				if (!rest) code.push(...last[way]());
				else if (rest !== exits[k + 1]) code.push(nodes.br(rest.label));
			});
		}
		return code;
	}
}
