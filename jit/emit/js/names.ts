/** Names of the generated code: a definition's cells in, JavaScript locals that say what they hold and clash with nothing out. */
import type { Cell } from "../../base/layout.ts";

/** The local of a cell at most 32 bits wide is `lo`; a wider one is two. */
export interface CellName {
	readonly lo: string;
	readonly hi: string | null;
}

/** All begin with `r_`, which nothing else in generated code does; other characters than ASCII letters, digits and `_` are left out. */
export function nameCells(cells: readonly Cell[]): CellName[] {
	const taken = new Set<string>();
	return cells.map((cell, index) => {
		const wide = cell.width > 32;
		let base = `r_${cell.name.replace(/[^A-Za-z0-9_]/g, "")}`;
		const clashes = () => (wide ? [`${base}_lo`, `${base}_hi`] : [base]).some((name) => taken.has(name));
		while (clashes()) base = `r_${index}_${base.slice(2)}`;
		const name = wide ? { lo: `${base}_lo`, hi: `${base}_hi` } : { lo: base, hi: null };
		taken.add(name.lo);
		if (name.hi) taken.add(name.hi);
		return name;
	});
}
