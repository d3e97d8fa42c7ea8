/** `doppel bench`: an image and options in, a report of its translation out: where time went, what was left out, the hottest regions with their code. */
import { basename, dirname } from "node:path";
import { loadBinaryen } from "../../../jit/emit/wasm/binaryen.ts";
import { createSymbols, harmless } from "../../debug/profile/symbols.ts";
import { profileHost } from "../../host/node/cpu-profile.ts";
import { definitionsFolder } from "../../host/node/definitions.ts";
import { writeBytes } from "../../host/node/files.ts";
import { nowMillis } from "../../host/node/time.ts";
import { createReport } from "../run/report.ts";
import { type RunOptions, start } from "../run/start.ts";
import { runWhole } from "../run/whole.ts";
import { countOf } from "../values.ts";
import { createHeat } from "./heat.ts";
import { benchHtml } from "./html.ts";
import { createProgress } from "./progress.ts";
import { createBenchReport } from "./report.ts";
import { timeByStage } from "./stages.ts";
import { benchText } from "./text.ts";

interface BenchOptions extends RunOptions {
	readonly json?: string;
	readonly html?: string;
	readonly top: string;
	readonly lines: string;
}

export async function bench(imagePath: string | undefined, args: readonly string[], o: BenchOptions): Promise<void> {
	const top = countOf("--top", o.top, 0, 1000);
	const lines = countOf("--lines", o.lines, 0);
	// before the run, not after an hour of it
	for (const path of [o.json, o.html]) if (path !== undefined) writeBytes(path, "");
	const heat = createHeat();
	const progress = createProgress();
	const started = await start(imagePath, args, o, { watch: heat.watch, seen: progress.seen });
	const { machine, image, board, policy, path } = started;
	const stop = profileHost(dirname(definitionsFolder()));
	const from = nowMillis();
	await runWhole(started, (instructions) => {
		const result = heat.run(machine, instructions);
		progress.show(() => `${(machine.retired / 1e6).toFixed(0)} million instructions`);
		return result;
	});
	const to = nowMillis();
	const samples = stop();
	progress.show(() => "writing the report");
	const name = harmless(basename(path));
	const report = createBenchReport({
		...{ machine, heat, top, image: name },
		symbols: createSymbols([image.symbols]),
		run: createReport(machine, {
			...{ board: board.name, timebase: board.timebase, engine: policy.engine },
			seconds: (to - from) / 1000,
			startSeconds: from / 1000,
		}),
		stages: timeByStage(samples),
		binaryen: heat.regions().some(({ tier }, i) => i < top && tier === "wasm") ? await loadBinaryen() : null,
	});
	progress.clear();
	if (o.json !== undefined) writeBytes(o.json, `${JSON.stringify(report)}\n`);
	if (o.html !== undefined) writeBytes(o.html, benchHtml(report));
	process.stderr.write(`\n${benchText(report, lines)}`);
}
