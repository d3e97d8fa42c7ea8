import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printThenRead } from "../support/programs.ts";
import { root } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-interactive-"));
/** Says "ready", then gives every byte back in brackets. */
writeFileSync(join(folder, "echo.s"), printThenRead("ready", "li t0, '['\nsb t0, 0(s0)\nsb t1, 0(s0)\nli t0, ']'\nsb t0, 0(s0)\nj next"));

// `script` (util-linux) gives a command a terminal, and what is written to it arrives there as typed
const noTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status !== 0;

describe.skipIf(noTerminal)(`a guest on a terminal${noTerminal ? " (skipped: there is no script(1))" : ""}`, () => {
	it("gets every key as it is typed; Ctrl-A x leaves with 0 and the terminal as it was", async () => {
		const doppel = `'${process.execPath}' '${join(root, ".build/doppel.js")}' run echo.s`;
		const child = spawn("script", ["-qec", `${doppel}; echo "code $?"; stty -a`, "/dev/null"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
		let printed = "";
		const steps: [seen: string, type: string][] = [
			["ready", "a"],
			["[a]", "\x03"],
			["[^C]", "\r"],
			["[\r]", "\x01a"],
			["[^A]", "\x01h"],
			["Ctrl-A x leaves", "\x01x"],
		];
		child.stdout.on("data", (chunk: Buffer) => {
			printed += chunk.toString("latin1");
			while (steps.length > 0 && printed.includes(steps[0]![0])) child.stdin.write(steps.shift()![1]);
		});
		await new Promise((done) => child.on("close", done));
		expect(printed).toMatch(/ready\[a\]\[\^C\]\[\r\]\[\^A\].*code 0\r\n/s);
		expect(printed.slice(printed.indexOf("code 0"))).toMatch(/ icanon .* echo /s);
	});
});
