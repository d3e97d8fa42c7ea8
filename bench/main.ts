/** `npm run bench`: runs every workload on every engine and beside every peer that is on the machine; prints tables, writes JSON and a chart. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { definitionsFolder } from "../src/host/node/definitions.ts";
import { chart } from "./compare/chart.ts";
import { compare } from "./compare/compare.ts";
import { contenders, versionOf, type Width } from "./compare/contenders.ts";
import { heading, mistakes, type Report, tables } from "./compare/report.ts";
import { readWorkloads } from "./compare/workloads.ts";

const usage = `npm run bench -- [workload...] [options]
  --quick            a tenth of the rounds, three pairs
  --pairs N          how often each contender runs (default 5)
  --xlen 32|64       one width only
  --only A,B         these contenders: ${contenders.map((c) => c.name).join(", ")}
  --publish          writes bench/results and the table in bench/README.md, instead of .build/bench
other measurements: npm run bench translation | startup | boot | linux | traps | float`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		quick: { type: "boolean", default: false },
		pairs: { type: "string" },
		xlen: { type: "string" },
		only: { type: "string" },
		publish: { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	},
});
const root = join(definitionsFolder(), "..");
const place = { guests: join(root, "bench/guests"), bundle: join(root, ".build/doppel.js"), scratch: join(root, ".build/bench") };

/** Those that are named, in their own order; all when none is. */
function pick<T extends { readonly name: string }>(all: readonly T[], names: readonly string[], what: string): T[] {
	for (const name of names) if (!all.some((one) => one.name === name)) throw new Error(`${what} ${name}: there are ${all.map((one) => one.name).join(", ")}`);
	return all.filter((one) => names.length === 0 || names.includes(one.name));
}

function git(...args: string[]): string {
	return spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
}

async function main(): Promise<void> {
	if (values.help) return console.log(usage);
	const workloads = pick(readWorkloads(place.guests), positionals, "workload");
	const wanted = pick(contenders, values.only?.split(",") ?? [], "contender");
	const versions = new Map(wanted.flatMap((c) => c.needs).map((program) => [program, versionOf(program)]));
	const present = wanted.filter((c) => c.needs.every((program) => versions.get(program)));
	const widths: Width[] = values.xlen === undefined ? [64, 32] : [values.xlen === "32" ? 32 : 64];
	const pairs = Number(values.pairs ?? (values.quick ? 3 : 5));
	const size = values.quick ? "quick" : "full";
	const out = values.publish ? join(root, "bench/results") : place.scratch;
	mkdirSync(out, { recursive: true });
	const report: Report = {
		machine: {
			node: process.version,
			processor: `${cpus()[0]?.model}, ${cpus().length} processors`,
			load: loadavg()[0]!.toFixed(1),
			commit: git("rev-parse", "--short", "HEAD"),
			...Object.fromEntries([...versions].map(([program, version]) => [program, version ?? "not there"])),
		},
		pairs,
		size,
		comparisons: [],
	};
	const terminal = process.stderr.isTTY;
	const progress = (text: string): void => void (terminal && process.stderr.write(`\r\x1b[K${text}`));
	await compare({ workloads, widths, contenders: present, pairs, size, place }, progress, (result) => {
		report.comparisons.push(result);
		// after each, so that an interrupted run leaves what it has measured
		writeFileSync(join(out, "compute.json"), `${JSON.stringify(report, null, "\t")}\n`);
	});
	progress("");
	writeFileSync(join(out, "compute.svg"), chart(report));
	const text = `${heading(report)}\n\n${tables(report)}`;
	console.log(text);
	for (const c of wanted.filter((one) => !present.includes(one))) console.log(`not there: ${c.name} (${c.needs.join(", ")})`);
	console.log(`written: ${relative(process.cwd(), out)}/compute.json and compute.svg`);
	if (values.publish) publish(text);
	for (const mistake of mistakes(report)) console.error(`WRONG: ${mistake}`);
	if (mistakes(report).length > 0) process.exitCode = 1;
}

/** The table in bench/README.md stands between two marks. */
function publish(text: string): void {
	const page = join(root, "bench/README.md");
	const fresh = readFileSync(page, "utf8").replace(/(<!-- compute -->\n)[\s\S]*?(<!-- \/compute -->)/, (_, from, to) => `${from}\n${text}\n${to}`);
	writeFileSync(page, fresh);
}

await main().catch((error: Error) => {
	console.error(`bench: ${error.message}`);
	process.exitCode = 2;
});
