/** The folder of guests in, its workloads out: what each does, how long, and the checksums it must print. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Workload {
	readonly name: string;
	/** The first comment of its source. */
	readonly what: string;
	readonly source: string;
	/** Rounds of a full run; `sums` knows these, a tenth and a thousandth of them. */
	readonly rounds: number;
	readonly float: boolean;
	/** What is printed after so many rounds. Fused: with multiply-add contracted, as gcc does for RISC-V; separate: as machines without it compute. */
	readonly sums: ReadonlyMap<number, { readonly fused: string; readonly separate: string }>;
}

/** A full run, a look, and what an interpreter gets. */
export const sizes = { full: 1, quick: 10, tiny: 1000 } as const;
export type Size = keyof typeof sizes;

export const roundsOf = (workload: Workload, size: Size): number => Math.ceil(workload.rounds / sizes[size]);

/** All workloads of the folder (its *.c files), those on integers first; `sums.txt` is what `build.sh` wrote. */
export function readWorkloads(folder: string): Workload[] {
	const lines = readFileSync(join(folder, "built/sums.txt"), "utf8").trim().split("\n");
	const sums = lines.map((line) => line.split(" ") as [string, string, string, string]);
	const workloads = readdirSync(folder)
		.filter((file) => file.endsWith(".c"))
		.map((file): Workload => {
			const name = file.slice(0, -2);
			const source = join(folder, file);
			const text = readFileSync(source, "utf8");
			return {
				name,
				source,
				what: text.slice(3, text.indexOf("\n")),
				rounds: Number(/^#define ROUNDS (\d+)$/m.exec(text)?.[1]),
				float: /\bdouble\b/.test(text),
				sums: new Map(sums.filter(([of]) => of === name).map(([, rounds, fused, separate]) => [Number(rounds), { fused, separate }])),
			};
		});
	return workloads.sort((a, b) => Number(a.float) - Number(b.float) || a.name.localeCompare(b.name));
}
