/** `npm run bench startup`: a program that ends at once, beside `node -e 0`; prints a table in Markdown. */
import { join } from "node:path";
import { definitionsFolder } from "../src/host/node/definitions.ts";
import { type Measured, measure } from "./compare/clock.ts";
import { median, quantile } from "./compare/statistics.ts";

const root = join(definitionsFolder(), "..");
const pairs = Number(process.argv[2] ?? 15);
/** Some hundred instructions. */
const hello = (width: number): string[] => [join(root, `bench/guests/built/records-rv${width}gc.elf`), "--append", "rounds=1"];
const run = [join(root, ".build/doppel.js"), "run"];
const commands: readonly [string, readonly string[]][] = [
	["node -e 0", ["-e", "0"]],
	["doppel run hello.elf, rv64", [...run, ...hello(64)]],
	["doppel run hello.elf, rv32", [...run, ...hello(32)]],
	["doppel run hello.elf, rv64, engine interpret", [...run, ...hello(64), "--engine", "interpret"]],
	["doppel --version", [join(root, ".build/doppel.js"), "--version"]],
];

const samples = commands.map((): Measured[] => []);
for (let pair = -1; pair < pairs; pair++)
	for (const [i, [name, args]] of commands.entries()) {
		const m = await measure(process.execPath, args);
		if (m.code !== 0) throw new Error(`${name}: exit code ${m.code}: ${m.errors}`);
		// the first round brings files into memory and writes what later ones remember
		if (pair >= 0) samples[i]!.push(m);
	}
const millis = (values: readonly number[]): string => `${(1000 * median(values)).toFixed(0)}`;
console.log(`Node ${process.version}, ${pairs} pairs, medians; quartiles in brackets\n`);
console.log("| command | wall ms | user ms | wall ms beyond node's | peak RSS, MiB |\n| --- | --- | --- | --- | --- |");
for (const [i, [name]] of commands.entries()) {
	const mine = samples[i]!;
	const beyond = mine.map((m, pair) => 1000 * (m.wall - samples[0]![pair]!.wall));
	const spread = `${median(beyond).toFixed(0)} (${quantile(beyond, 0.25).toFixed(0)}-${quantile(beyond, 0.75).toFixed(0)})`;
	const peak = median(mine.flatMap((m) => (m.peakBytes === null ? [] : [m.peakBytes / 2 ** 20])));
	console.log(`| ${name} | ${millis(mine.map((m) => m.wall))} | ${millis(mine.map((m) => m.user))} | ${i === 0 ? "" : spread} | ${peak.toFixed(0)} |`);
}
