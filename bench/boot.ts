/** `npm run bench boot`: Debian's kernel (`npm run guest:debian`) up to its shell prompt on engines and on QEMU, alternating; prints a table in Markdown. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { debian } from "../src/boards/debian.ts";
import { definitionsFolder } from "../src/host/node/definitions.ts";
import { guestFolder } from "../src/host/node/guests.ts";
import { type Moment, talk } from "./compare/dialogue.ts";
import { median, ratioOf } from "./compare/statistics.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { pairs: { type: "string", default: "1" }, limit: { type: "string", default: "900" } },
});
const folder = guestFolder("debian");
const file = (name: string): string => join(folder, name);
if (!existsSync(file("guest.json"))) throw new Error("the guest is not there: npm run guest:debian");
const prompt = "\n# ";
const bundle = join(definitionsFolder(), "../.build/doppel.js");
const board = ["-M", "virt", "-m", debian.memory, "-display", "none", "-serial", "stdio", "-monitor", "none"];

interface Run {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	readonly ours: boolean;
	readonly moments: Moment[];
	instructions: number;
}
const run = (name: string, program: string, args: readonly string[], ours: boolean): Run => ({ name, program, args, ours, moments: [], instructions: 0 });
const qemu = run(
	"qemu-system-riscv64",
	"qemu-system-riscv64",
	[...board, "-kernel", file("kernel"), "-initrd", file("initrd"), "-append", debian.append],
	false,
);
const engines = positionals.length > 0 ? positionals : ["auto"];
const runs = [
	qemu,
	...engines.map((engine) =>
		run(`doppel, engine ${engine}`, process.execPath, [bundle, "run", "--guest", "debian", "--engine", engine, "--expect", "\\n# ", "--stats=json"], true),
	),
];
for (let pair = 0; pair < Number(values.pairs); pair++)
	for (const one of runs) {
		if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kpair ${pair + 1} of ${values.pairs}: ${one.name}`);
		const { moments, errors } = await talk(one.program, one.args, [{ expect: prompt }], { ends: one.ours, limitSeconds: Number(values.limit) });
		if (moments[0] === undefined) throw new Error(`${one.name} did not come to the prompt: ${errors.trim().slice(-300)}`);
		one.moments.push(moments[0]);
		if (one.ours) one.instructions = (JSON.parse(errors.trim().split("\n").at(-1) ?? "") as { instructions: number }).instructions;
	}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const walls = (r: Run): number[] => r.moments.map((m) => m.wall);
const users = (r: Run): number[] => r.moments.map((m) => m.user);
console.log(`Node ${process.version}, ${process.arch}, ${values.pairs} pairs, medians\n`);
console.log("| to the prompt | wall s | of QEMU's | user s | of QEMU's | guest instructions | M a user second |\n| --- | --- | --- | --- | --- | --- | --- |");
for (const one of runs) {
	const [wall, user] = [median(walls(one)), median(users(one))];
	const [ofWall, ofUser] = [ratioOf(walls(one), walls(qemu)), ratioOf(users(one), users(qemu))];
	const counts = one.instructions > 0 ? [`${(one.instructions / 1e6).toFixed(0)} M`, (one.instructions / 1e6 / user).toFixed(0)] : ["", ""];
	console.log(`| ${[one.name, wall.toFixed(1), ofWall.median.toFixed(2), user.toFixed(1), ofUser.median.toFixed(2), ...counts].join(" | ")} |`);
}
