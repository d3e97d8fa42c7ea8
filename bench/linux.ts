/** `npm run bench linux`: workloads inside Debian's kernel (page tables on), on engine auto and on QEMU, alternating; prints a table in Markdown. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { debian } from "../src/boards/debian.ts";
import { definitionsFolder } from "../src/host/node/definitions.ts";
import { guestFolder } from "../src/host/node/guests.ts";
import { type Step, talk } from "./compare/dialogue.ts";
import { withPrograms } from "./compare/initrd.ts";
import { geometricMean, median, ratioOf } from "./compare/statistics.ts";
import { readWorkloads, roundsOf, type Workload } from "./compare/workloads.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		pairs: { type: "string", default: "3" },
		quick: { type: "boolean", default: false },
		engine: { type: "string", default: "auto" },
		limit: { type: "string", default: "900" },
	},
});
const folder = guestFolder("debian");
if (!existsSync(join(folder, "guest.json"))) throw new Error("the guest is not there: npm run guest:debian");
const root = join(definitionsFolder(), "..");
const guests = join(root, "bench/guests");
const names = positionals.length > 0 ? positionals : ["mix", "hash", "nbody"];
const workloads = readWorkloads(guests).filter((w) => names.includes(w.name));
const rounds = (w: Workload): number => roundsOf(w, values.quick ? "quick" : "full");
const sum = (w: Workload): string => w.sums.get(rounds(w))!.fused;

const initrd = join(root, ".build/bench/initrd");
mkdirSync(join(root, ".build/bench"), { recursive: true });
writeFileSync(
	initrd,
	withPrograms(
		join(folder, "initrd"),
		guests,
		workloads.map((w) => w.name),
	),
);

/** At the prompt a workload is typed; its checksum ends it. */
const prompt = "\n# ";
const steps: Step[] = workloads.flatMap((w) => [{ expect: prompt, send: `/bench/${w.name} rounds=${rounds(w)}\r` }, { expect: sum(w) }]);
const files = ["-kernel", join(folder, "kernel"), "-initrd", initrd, "-append", debian.append];
const runs = [
	{
		name: `doppel, engine ${values.engine}`,
		program: process.execPath,
		args: [join(root, ".build/doppel.js"), "run", ...files.map((f) => f.replace(/^-(?=\w)/, "--")), "-m", debian.memory, "--engine", values.engine],
	},
	{
		name: "qemu-system-riscv64",
		program: "qemu-system-riscv64",
		args: ["-M", "virt", "-m", debian.memory, "-display", "none", "-serial", "stdio", "-monitor", "none", ...files],
	},
] as const;

/** By run, by workload: user seconds of each pair. */
const user = runs.map(() => workloads.map((): number[] => []));
for (let pair = 0; pair < Number(values.pairs); pair++)
	for (const [i, run] of runs.entries()) {
		if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kpair ${pair + 1} of ${values.pairs}: ${run.name}`);
		const { moments, errors, rest } = await talk(run.program, run.args, steps, { ends: false, limitSeconds: Number(values.limit) });
		if (moments.length < steps.length) {
			const missing = `${JSON.stringify(steps[moments.length]?.expect)} was not printed, but ${JSON.stringify(rest.slice(-300))}`;
			throw new Error(`${run.name}: ${missing} ${errors.slice(-300)}`);
		}
		workloads.forEach((_, w) => {
			user[i]![w]!.push(moments[2 * w + 1]!.user - moments[2 * w]!.user);
		});
	}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

console.log(`Node ${process.version}, ${process.arch}, ${values.pairs} pairs, medians of user seconds\n`);
console.log(`| in Debian's kernel | ${runs.map((r) => r.name).join(" | ")} | speed, QEMU = 1 |\n| --- | --- | --- | --- |`);
const speeds = workloads.map((w, k) => {
	const { median: speed, low, high } = ratioOf(user[1]![k]!, user[0]![k]!);
	console.log(`| ${w.name} | ${user.map((u) => median(u[k]!).toFixed(2)).join(" | ")} | ${speed.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)}) |`);
	return speed;
});
console.log(`| geometric mean | | | **${geometricMean(speeds).toFixed(2)}** |`);
