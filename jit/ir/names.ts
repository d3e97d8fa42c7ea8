/** Cells of an ISA in, a unique readable name for each out: the preferred register name where a file has one, else the cell's own. */
import type { Isa } from "../spec/isa.ts";

/** `names[cell]`: letters, digits, `_`, `.`; each name once. */
export function cellNames(isa: Isa): string[] {
	const names: string[] = [];
	const taken = new Set<string>();
	const preferred = new Map<number, string>();
	for (const file of isa.files)
		file.places.forEach((place, i) => {
			const name = file.names[i]?.[0];
			const part = place?.length === 1 ? place[0] : null;
			if (part && name && part.low === 0 && part.width === isa.cells[part.cell].width && !preferred.has(part.cell)) preferred.set(part.cell, name);
		});
	isa.cells.forEach((cell, i) => {
		const wanted = (preferred.get(i) ?? cell.name).replace(/[^A-Za-z0-9_.]/g, "_");
		const name = taken.has(wanted) || wanted === "" ? `${wanted}#${i}` : wanted;
		taken.add(name);
		names.push(name);
	});
	return names;
}
