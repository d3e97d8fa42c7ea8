/** The report of a translation in, one HTML page without scripts out: times as bars, each hot region's guest code beside what was made of it. */
import { tableOf } from "../run/report.ts";
import type { BenchReport, ShownRegion } from "./report.ts";
import { stages } from "./stages.ts";
import { placeText, regionTitle } from "./text.ts";

/** Everything that is shown goes through here: names in it are outside input. */
const text = (value: string | number): string => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const style = `body{font:14px system-ui,sans-serif;margin:2em auto;max-width:110em;padding:0 1em;color:#222;background:#fff}
h1{font-size:1.4em}h2{font-size:1.1em;margin:2em 0 .5em}pre,td.code{font:12px/1.35 ui-monospace,monospace}
pre{margin:0;overflow:auto;max-height:40em;background:#f6f7f9;padding:.6em}table{border-collapse:collapse}td{padding:.1em .8em .1em 0;vertical-align:top;white-space:nowrap}
td.n{text-align:right;font-variant-numeric:tabular-nums}.bar{display:inline-block;height:.8em;background:#3b6ea5}.sides{display:table;table-layout:fixed;width:100%}.sides>div{display:table-cell;vertical-align:top}.sides>div+div{width:60%;padding-left:1em}
.guest{overflow:auto;max-height:41em;background:#f6f7f9}.guest tr.leads td{border-top:1px solid #ccd}.dim{color:#667}`;

function bars(report: BenchReport): string {
	const rows = Object.entries(report.stages)
		.filter(([, ms]) => ms > 0)
		.sort((a, b) => b[1] - a[1]);
	const sum = rows.reduce((all, [, ms]) => all + ms, 0);
	const row = ([stage, ms]: [string, number]): string => {
		const share = (100 * ms) / sum;
		const what = stages[stage as keyof typeof stages];
		return `<tr><td>${text(stage)}<td class=n>${ms.toFixed(1)} ms<td class=n>${share.toFixed(1)} %<td><span class=bar style="width:${(share * 0.3).toFixed(2)}em"></span><td class=dim>${text(what)}`;
	};
	return `<table>${rows.map(row).join("\n")}</table>`;
}

function region(one: ShownRegion, rank: number): string {
	const lines = one.guest.map(({ address, bytes, text: assembly, share, leads }) => {
		const heat = Math.min(0.85, Math.sqrt(share)).toFixed(2);
		const own = share > 0 ? `${(100 * share).toFixed(1)} %` : "";
		return `<tr${leads ? " class=leads" : ""} style="background:rgba(240,140,60,${heat})"><td class="code n">${own}<td class=code>${text(address)}<td class="code dim">${text(bytes)}<td class=code>${text(assembly)}`;
	});
	return `<h2>${text(regionTitle(one, rank))}</h2><div class=sides><div><div class=guest><table>${lines.join("\n")}</table></div></div><div><pre>${text(one.code.trimEnd())}</pre></div></div>`;
}

export function benchHtml(report: BenchReport): string {
	const list = (title: string, rows: readonly (readonly [string, string])[]): string =>
		rows.length === 0
			? ""
			: `<h2>${title}</h2><table>${rows.map(([name, what]) => `<tr><td>${text(name)}<td style="white-space:normal">${text(what)}`).join("\n")}</table>`;
	const left = Object.entries(report.left).map(([why, places]): [string, string] => [why, places.map(placeText).join(", ")]);
	const refused = Object.entries(report.refusals).map(([why, r]): [string, string] => [
		`${why}: ${r.count}`,
		`${r.meaning}; ${r.places.map(placeText).join(", ")}`,
	]);
	return `<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><title>doppel bench: ${text(report.image)}</title><style>${style}</style>
<h1>doppel bench: ${text(report.image)}</h1><pre>${text(tableOf(report.run))}</pre>
<h2>where the time went</h2>${bars(report)}
${list("translated code was left most often at", left)}${list("not translated", refused)}
${report.regions.map((one, i) => region(one, i + 1)).join("\n")}
</html>
`;
}
