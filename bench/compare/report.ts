/** Comparisons in, tables in Markdown out. */
import type { Comparison, Series } from "./compare.ts";
import { geometricMean, median, type Ratio, ratioOf } from "./statistics.ts";

export interface Report {
	readonly machine: Readonly<Record<string, string | number>>;
	readonly pairs: number;
	readonly size: string;
	readonly comparisons: Comparison[];
}

/** What `auto` is compared with, and whether more is better. */
const ratios = [
	{ title: "speed, qemu-user = 1", peer: "qemu-user", of: (ours: Series, peer: Series) => ratioOf(peer.user, ours.user) },
	{ title: "time, wasm-c = 1", peer: "wasm-c", of: (ours: Series, peer: Series) => ratioOf(ours.user, peer.user) },
] as const;
const engineOfNote = "auto";

export const seriesOf = (c: Comparison, name: string): Series | undefined => c.series.find((s) => s.contender === name && s.user.length > 0);

/** One of the ratios of a comparison; undefined: one of the two did not run. */
export function ratioIn(c: Comparison, peer: (typeof ratios)[number]["peer"], engine = engineOfNote): Ratio | undefined {
	const [ours, theirs] = [seriesOf(c, engine), seriesOf(c, peer)];
	return ours && theirs ? ratios.find((r) => r.peer === peer)?.of(ours, theirs) : undefined;
}

const digits = (n: number): string => (n >= 10 ? n.toFixed(1) : n.toFixed(2));
const withSpread = (r: Ratio | undefined): string => (r === undefined ? "" : `${digits(r.median)} (${digits(r.low)}-${digits(r.high)})`);
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Million guest instructions a second of processor time. */
function mipsOf(s: Series): string {
	return s.stats ? `${(s.stats.instructions / 1e6 / median(s.user)).toFixed(0)}` : "";
}

function line(c: Comparison, contenders: readonly string[]): string {
	const cells = contenders.map((name) => {
		const s = c.series.find((of) => of.contender === name);
		if (s?.wrong !== undefined) return "**wrong**";
		if (!s || s.user.length === 0) return "";
		return name === "interpret" ? `${mipsOf(s)} MIPS` : digits(median(s.user));
	});
	const noted = seriesOf(c, engineOfNote);
	const peak = Math.max(...(noted?.peakBytes ?? []).map((n) => n ?? 0)) / 2 ** 20;
	const more = [noted ? `${(noted.stats!.instructions / 1e6).toFixed(0)} M` : "", noted && peak > 0 ? `${peak.toFixed(0)} MiB` : ""];
	return row([c.workload, ...cells, ...ratios.map((r) => withSpread(ratioIn(c, r.peer))), ...more]);
}

/** One table a width: user seconds of each contender (medians), the ratios of `auto` with their quartiles, and geometric means. */
export function tables(report: Report): string {
	const out: string[] = [];
	for (const width of [64, 32] as const) {
		const mine = report.comparisons.filter((c) => c.width === width);
		if (mine.length === 0) continue;
		const contenders = [...new Set(mine.flatMap((c) => c.series.map((s) => s.contender)))];
		out.push(`#### rv${width}gc, user seconds of a run\n`);
		const titles = ["workload", ...contenders, ...ratios.map((r) => r.title), "instructions", "peak RSS"];
		out.push(row(titles), row(titles.map(() => "---")), ...mine.map((c) => line(c, contenders)));
		for (const [title, float] of [
			["geometric mean, integers", false],
			["geometric mean, doubles", true],
		] as const) {
			const means = ratios.map((r) => mine.filter((c) => c.float === float).flatMap((c) => ratioIn(c, r.peer)?.median ?? []));
			if (means.every((m) => m.length === 0)) continue;
			out.push(row([title, ...contenders.map(() => ""), ...means.map((m) => (m.length > 0 ? `**${digits(geometricMean(m))}**` : "")), "", ""]));
		}
		out.push("");
	}
	return out.join("\n");
}

/** Where and how it was measured. */
export function heading({ machine, pairs, size }: Report): string {
	const { node, processor, load, commit, ...programs } = machine;
	const versions = [...new Set(Object.values(programs))].join("; ");
	return `Node ${node}, ${processor}, load ${load} when it began, commit ${commit}, ${pairs} pairs of ${size} runs. ${versions}`;
}

/** What was wrong, one line each. */
export const mistakes = (report: Report): string[] =>
	report.comparisons.flatMap((c) => c.series.flatMap((s) => (s.wrong === undefined ? [] : [`${c.workload} rv${c.width}, ${s.contender}: ${s.wrong}`])));
