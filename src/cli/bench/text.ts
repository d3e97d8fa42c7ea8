/** The report of a translation in, text for people out. */
import { tableOf } from "../run/report.ts";
import type { BenchReport, ShownPlace, ShownRegion } from "./report.ts";
import { stages } from "./stages.ts";

const grouped = (n: number): string =>
	Math.round(n)
		.toString()
		.replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const titled = (title: string, lines: readonly string[]): string => `${title}\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n`;
export const placeText = ({ address, in: name, count }: ShownPlace): string => `${address}${name === null ? "" : ` (${name})`} ${grouped(count)}`;

/** What stages took, those that took most first, with a bar. */
function stageLines(report: BenchReport): string[] {
	const sum = Object.values(report.stages).reduce((all, ms) => all + ms, 0);
	const rows = Object.entries(report.stages).filter(([, ms]) => ms > 0);
	return rows
		.sort((a, b) => b[1] - a[1])
		.map(([stage, ms]) => {
			const bar = "#".repeat(Math.round((30 * ms) / sum));
			return `${stage.padEnd(18)} ${`${ms.toFixed(1)} ms`.padStart(12)} ${percent(ms / sum).padStart(8)}  ${bar.padEnd(30)}  ${stages[stage as keyof typeof stages]}`;
		});
}
export const regionTitle = (region: ShownRegion, rank: number): string =>
	`${rank}. ${percent(region.share)} at ${region.address}${region.in === null ? "" : ` (${region.in})`} on ${region.tier}: ${region.instructions} instructions in ${region.blocks} blocks`;

/** At most `most` lines, and how many there are beyond. */
const cut = (lines: readonly string[], most: number): string[] =>
	lines.length <= most ? [...lines] : [...lines.slice(0, most), `(${lines.length - most} lines more: --lines, --html, --json)`];

function regionText(region: ShownRegion, rank: number, most: number): string {
	const guest = region.guest.map(
		({ address, bytes, text, share, leads }) =>
			`${share > 0 ? percent(share).padStart(7) : "       "} ${leads ? ">" : " "} ${address}  ${bytes.padEnd(8)}  ${text}`,
	);
	const code = region.code.trimEnd().split("\n");
	return titled(regionTitle(region, rank), [...cut(guest, most), ...(region.code === "" ? [] : ["", ...cut(code, most)])]);
}

/** `most`: lines of code of each kind for each region. */
export function benchText(report: BenchReport, most: number): string {
	const parts = [tableOf(report.run), titled(`where ${report.image}'s time went (V8's samples of this process while the guest ran)`, stageLines(report))];
	const rates = Object.entries(report.translation).map(
		([tier, t]) => `${tier}: ${grouped(t.instructions)} guest instructions in ${t.millis.toFixed(1)} ms, ${grouped(t.perSecond)} a second (without lifting)`,
	);
	if (rates.length > 0) parts.push(titled("translated", rates));
	const left = Object.entries(report.left).map(([why, places]) => `${why.padEnd(10)} ${places.map(placeText).join(", ")}`);
	if (left.length > 0) parts.push(titled("translated code was left most often at", left));
	const refused = Object.entries(report.refusals).map(([why, r]) => `${why} ${grouped(r.count)}: ${r.meaning}; most at ${r.places.map(placeText).join(", ")}`);
	parts.push(titled("not translated", refused.length > 0 ? refused : ["nothing that ran often enough was refused"]));
	const cold = [
		`${percent(report.cold.share)} of ${grouped(report.samples)} samples${report.cold.places.length > 0 ? `; most at ${report.cold.places.map(placeText).join(", ")}` : ""}`,
	];
	parts.push(titled("in code that was not translated yet", cold));
	parts.push(...report.regions.map((region, i) => regionText(region, i + 1, most)));
	return parts.join("\n");
}
