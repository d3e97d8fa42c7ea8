/** A report in; a chart of it as SVG out: how many times as fast as QEMU's user mode each contender is. */

import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type Report, seriesOf } from "./report.ts";
import { ratioOf } from "./statistics.ts";

/** In the order of the legend; colours that people who see few colours tell apart (Okabe and Ito). */
const shown = [
	{ name: "auto", title: "doppel (auto)", color: "#0072B2" },
	{ name: "qemu-system", title: "qemu-system", color: "#E69F00" },
	{ name: "wasm-c", title: "C to Wasm", color: "#009E73" },
	{ name: "native", title: "native (gcc -O2)", color: "#999999" },
] as const;
const size = { width: 1000, panel: 420 };

export function chart(report: Report): string {
	use([BarChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);
	const widths = ([64, 32] as const).filter((width) => report.comparisons.some((c) => c.width === width));
	const measured = shown.filter(({ name }) => report.comparisons.some((c) => seriesOf(c, name)));
	const picture = init(null, null, { renderer: "svg", ssr: true, width: size.width, height: 60 + size.panel * widths.length });
	const panels = widths.map((width, at) => {
		const mine = report.comparisons.filter((c) => c.width === width);
		const speed = (name: string) =>
			mine.map((c) => {
				const [one, qemu] = [seriesOf(c, name), seriesOf(c, "qemu-user")];
				return one && qemu ? Number(ratioOf(qemu.user, one.user).median.toFixed(3)) : null;
			});
		return { width, at, names: mine.map((c) => c.workload), bars: measured.map((s) => ({ ...s, data: speed(s.name) })) };
	});
	picture.setOption({
		animation: false,
		backgroundColor: "#ffffff",
		title: [
			{ text: "How many times as fast as qemu-riscv (user mode), by user time; logarithmic", left: "center", top: 8, textStyle: { fontSize: 15 } },
			...panels.map((p) => ({ text: `rv${p.width}gc`, left: 60, top: 62 + p.at * size.panel, textStyle: { fontSize: 13 } })),
		],
		legend: { top: 34, itemGap: 40, data: measured.map((s) => s.title) },
		grid: panels.map((p) => ({ left: 60, right: 30, top: 90 + p.at * size.panel, height: size.panel - 110 })),
		xAxis: panels.map((p) => ({ type: "category", gridIndex: p.at, data: p.names, axisLabel: { interval: 0, fontSize: 11 }, axisLine: { onZero: false } })),
		yAxis: panels.map((p) => ({ type: "log", gridIndex: p.at, axisLabel: { formatter: "{value}×" } })),
		series: panels.flatMap((p) =>
			p.bars.map((bar, i) => ({
				type: "bar" as const,
				name: bar.title,
				xAxisIndex: p.at,
				yAxisIndex: p.at,
				data: bar.data,
				itemStyle: { color: bar.color },
				...(i === 0 && {
					markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ yAxis: 1 }], lineStyle: { color: "#D55E00", type: "solid" as const } },
				}),
			})),
		),
	});
	const svg = picture.renderToSVGString();
	picture.dispose();
	return svg;
}
