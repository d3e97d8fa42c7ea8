/** `npm run bench boot`: Debian's kernel (`npm run guest:debian`) up to its shell prompt, on every engine and on QEMU; prints a table in Markdown. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { debian } from "../src/boards/debian.ts";
import { definitionsFolder } from "../src/host/node/definitions.ts";
import { guestFolder } from "../src/host/node/guests.ts";

const prompt = "\n# ";
const folder = guestFolder("debian");
const file = (name: string): string => join(folder, name);

/** Runs it until the prompt is there; seconds of the wall, and what came on standard error. */
function untilPrompt(program: string, args: readonly string[]): Promise<{ seconds: number; errors: string }> {
	const from = performance.now();
	const child = spawn(program, args);
	let printed = "";
	let errors = "";
	let seconds = Number.NaN;
	child.stdout.on("data", (chunk: Buffer) => {
		printed += chunk.toString("latin1");
		if (!Number.isNaN(seconds) || !printed.includes(prompt)) return;
		seconds = (performance.now() - from) / 1000;
		// a machine that is told to leave at the prompt does so itself
		if (program !== process.execPath) child.kill();
	});
	child.stderr.on("data", (chunk: Buffer) => {
		errors += chunk.toString();
	});
	return new Promise((done, failed) => {
		child.on("error", failed);
		child.on("close", () => done({ seconds, errors }));
	});
}

if (!existsSync(file("guest.json"))) throw new Error("the guest is not there: npm run guest:debian");
const bundle = join(definitionsFolder(), "../.build/doppel.js");
const engines = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["auto"];
const qemu = ["-M", "virt", "-m", debian.memory, "-display", "none", "-serial", "stdio", "-monitor", "none"];
const theirs = await untilPrompt("qemu-system-riscv64", [...qemu, "-kernel", file("kernel"), "-initrd", file("initrd"), "-append", debian.append]);
console.log(`Node ${process.version}, ${process.arch}\n\n| | seconds to the prompt | of QEMU's | instructions | MIPS |\n| --- | --- | --- | --- | --- |`);
console.log(`| qemu-system-riscv64 | ${theirs.seconds.toFixed(1)} | 1 | | |`);
for (const engine of engines) {
	const ours = await untilPrompt(process.execPath, [bundle, "run", "--guest", "debian", "--engine", engine, "--expect", "\\n# ", "--stats=json"]);
	const stats = JSON.parse(ours.errors.trim().split("\n").at(-1) ?? "") as { instructions: number; mips: number };
	const ratio = (ours.seconds / theirs.seconds).toFixed(1);
	console.log(`| doppel, engine ${engine} | ${ours.seconds.toFixed(1)} | ${ratio} | ${(stats.instructions / 1e6).toFixed(0)} M | ${stats.mips.toFixed(1)} |`);
}
