/** The RISC-V definition of this checkout, loaded for tests; and generators of code for any ISA. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Encoding, Isa } from "../../jit/spec/isa.ts";
import { loadIsa } from "../../jit/spec/load.ts";

const folder = resolve(import.meta.dirname, "../../isa/riscv");

export function riscv(XLEN: number): Isa {
	const names = readdirSync(folder)
		.filter((name) => name.endsWith(".isa.js"))
		.sort();
	return loadIsa(new Map(names.map((name) => [`riscv/${name}`, readFileSync(resolve(folder, name), "utf8")])), { parameters: { XLEN } });
}

/** Bits of an encoding that are not fixed, by number. */
export function freeBits(e: Encoding): number[] {
	const free: number[] = [];
	for (let bit = 0; bit < 8 * e.bytes; bit++) if (!(((e.mask[bit >> 3] as number) >> (bit & 7)) & 1)) free.push(bit);
	return free;
}

/** The encoding with the bits of `pick` in its free places, lowest first. */
export function fill(e: Encoding, free: readonly number[], pick: (k: number) => number, out: Uint8Array): void {
	out.set(e.value);
	for (let k = 0; k < free.length; k++)
		if (pick(k)) out[(free[k] as number) >> 3] = (out[(free[k] as number) >> 3] as number) | (1 << ((free[k] as number) & 7));
}

/** The same search as the decoder's, straight from the definition: every encoding that matches, as `name/number`. */
export function allMatches(isa: Isa, bytes: Uint8Array, context = 0): string[] {
	const found: string[] = [];
	for (const spec of isa.instructions) {
		spec.encodings.forEach((e, number) => {
			if (e.bytes > bytes.length || e.mask.some((m, i) => ((bytes[i] as number) & m) !== e.value[i])) return;
			const encoded = e.widths.map((_, operand) => {
				let n = 0;
				for (const f of e.fields) {
					if (f.operand !== operand) continue;
					for (let k = 0; k < f.width; k++) n += (((bytes[(f.from + k) >> 3] as number) >> ((f.from + k) & 7)) & 1) * 2 ** (f.to + k);
				}
				return n;
			});
			const within = (width: number, v: number) => (v < 0 ? v + 2 ** width : v);
			const limited = spec.where.some((l) => l.values.some((v) => within(e.widths[l.subject] as number, v) === encoded[l.subject]) === l.not);
			const elsewhere = spec.context.some((l) => {
				const place = isa.contexts.find((c) => c.cell === l.subject) as Isa["contexts"][number];
				return l.values.includes((context >>> place.shift) & (2 ** place.width - 1)) === l.not;
			});
			if (!limited && !elsewhere) found.push(`${spec.name}#${spec.id}/${number}`);
		});
	}
	return found;
}

export const hexOf = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
