/** Workloads, widths and contenders in; every run's times, alternating, out. */
import { type Measured, measure } from "./clock.ts";
import type { Contender, Place, Width } from "./contenders.ts";
import { roundsOf, type Size, type Workload } from "./workloads.ts";

/** One contender on one workload: a sample a pair, in the order of time. */
export interface Series {
	readonly contender: string;
	readonly rounds: number;
	readonly user: number[];
	readonly system: number[];
	readonly wall: number[];
	readonly peakBytes: (number | null)[];
	/** Of ours: guest instructions of a run, and what --stats=json said of the last one. */
	stats?: { readonly instructions: number; readonly [more: string]: unknown };
	/** What was wrong with its output; the series ends there. */
	wrong?: string;
}

export interface Comparison {
	readonly workload: string;
	readonly what: string;
	readonly float: boolean;
	readonly width: Width;
	readonly series: Series[];
}

export interface Wishes {
	readonly workloads: readonly Workload[];
	readonly widths: readonly Width[];
	readonly contenders: readonly Contender[];
	readonly pairs: number;
	readonly size: Size;
	readonly place: Place;
}

/** The smaller of two sizes: an interpreter's stays tiny in a quick look. */
const sizeFor = (contender: Contender, size: Size): Size => (contender.size === "full" ? size : contender.size);

function add(series: Series, m: Measured, expected: string, ours: boolean): void {
	const printed = m.output.trim();
	if (m.code !== 0 || printed !== expected) {
		series.wrong = `exit code ${m.code}, printed ${JSON.stringify(printed.slice(0, 80))} instead of ${expected} ${m.errors.trim().slice(0, 200)}`;
		return;
	}
	series.user.push(m.user);
	series.system.push(m.system);
	series.wall.push(m.wall);
	series.peakBytes.push(m.peakBytes);
	if (ours) series.stats = JSON.parse(m.errors.trim().split("\n").at(-1) ?? "null");
}

/** Runs all contenders once, then again, as often as there are pairs; `progress` hears of each run, `done` of each finished comparison. */
export async function compare(wishes: Wishes, progress: (text: string) => void, done: (result: Comparison) => void): Promise<void> {
	const { workloads, widths, contenders, pairs, size, place } = wishes;
	const tasks = workloads.flatMap((workload) => widths.map((width) => ({ workload, width })));
	for (const [task, { workload, width }] of tasks.entries()) {
		for (const contender of contenders) contender.prepare?.(workload, place);
		const series = contenders.map((c): Series => {
			return { contender: c.name, rounds: roundsOf(workload, sizeFor(c, size)), user: [], system: [], wall: [], peakBytes: [] };
		});
		for (let pair = 0; pair < pairs; pair++)
			for (const [i, contender] of contenders.entries()) {
				const one = series[i]!;
				if (one.wrong !== undefined) continue;
				progress(`${task + 1}/${tasks.length} ${workload.name} rv${width}, pair ${pair + 1} of ${pairs}: ${contender.name}`);
				const expected = workload.sums.get(one.rounds)?.[contender.fused ? "fused" : "separate"];
				if (expected === undefined) throw new Error(`${workload.name}: no checksum for ${one.rounds} rounds: bench/guests/build.sh writes them`);
				add(one, await measure(...split(contender.command(workload, width, one.rounds, place))), expected, contender.ours);
			}
		done({ workload: workload.name, what: workload.what, float: workload.float, width, series });
	}
}

const split = ([program, ...args]: readonly [string, ...string[]]): [string, string[]] => [program, args];
