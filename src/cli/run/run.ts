/** `doppel run`: an image and options in, the guest's run and its exit code out. */
import { nowMillis } from "../../host/node/time.ts";
import { oneOf } from "../values.ts";
import { createReport, tableOf } from "./report.ts";
import { type RunOptions, start } from "./start.ts";
import { runWhole } from "./whole.ts";

export async function run(imagePath: string | undefined, args: readonly string[], o: RunOptions & { readonly stats?: string }): Promise<void> {
	const stats = o.stats === undefined ? undefined : oneOf("--stats", o.stats, ["table", "json"] as const);
	const started = await start(imagePath, args, o);
	const { machine, board, policy } = started;
	const from = nowMillis();
	await runWhole(started);
	const to = nowMillis();
	if (stats === undefined) return;
	const report = createReport(machine, {
		...{ board: board.name, timebase: board.timebase, engine: policy.engine },
		seconds: (to - from) / 1000,
		startSeconds: from / 1000,
	});
	process.stderr.write(stats === "json" ? `${JSON.stringify(report)}\n` : `\n${tableOf(report)}`);
}
