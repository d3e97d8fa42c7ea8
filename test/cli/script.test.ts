import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printThenRead } from "../support/programs.ts";
import { doppel } from "./run-doppel.ts";

const folder = mkdtempSync(join(tmpdir(), "doppel-script-"));
/** Prints "ready", gives bytes back until a dot, then ends with exit code 3. */
writeFileSync(join(folder, "echo.s"), printThenRead("ready\n", "sb t1, 0(s0)\nli t0, '.'\nbne t1, t0, next\nli t0, 0x100000\nli t1, 0x33333\nsw t1, 0(t0)"));
const run = (...args: string[]) => doppel(["run", "echo.s", ...args], { cwd: folder });

describe("--expect, --send and --timeout", () => {
	it.each([
		["end with 0 once the last text was printed", ["--expect", "ready", "--send", "a1", "--expect", "a1"], "", "ready\na1", "", 0],
		["leave the end to the guest when the last step is something typed", ["--expect", "ready", "--send", "a."], "", "ready\na.", "", 3],
		["type first when that is asked for", ["--send", "x.", "--expect", "x"], "", "ready\nx.", "", 0],
		["know escapes", ["--send", "\\x41\\\\\\r\\n.", "--expect", "A\\\\\\r\\n"], "", "ready\nA\\\r\n.", "", 0],
		["keep what is typed until the script is done", ["--expect", "ready", "--send", "1"], "2.", "ready\n12.", "", 3],
		[
			"fail when the guest ends before it has printed a text",
			["--send", ".", "--expect", "login:"],
			"",
			"ready\n.",
			/^doppel: --expect "login:": was not printed; the last line is "\.": the guest ended with code 3 \(\d+ instructions\)\n$/,
			2,
		],
		[
			"fail when time is up",
			["--expect", "login:", "--timeout", "1"],
			"",
			"ready\n",
			/^doppel: --expect "login:": was not printed; the last line is "ready": stopped after 1 s as --timeout asks \(pc 0x[0-9a-f]+, \d+ instructions\)\n$/,
			2,
		],
		[
			"limit a run without a script too",
			["--timeout", "1"],
			"",
			"ready\n",
			/^doppel: stopped after 1 s as --timeout asks \(pc 0x[0-9a-f]+, \d+ instructions\)\n$/,
			2,
		],
	] as const)("%s", async (_, args, input, stdout, stderr, code) => {
		const ran = await doppel(["run", "echo.s", ...args], { cwd: folder, input });
		expect(ran).toMatchObject({ stdout, code });
		if (typeof stderr === "string") expect(ran.stderr).toBe(stderr);
		else expect(ran.stderr).toMatch(stderr);
	});
	it.each([
		[["--expect", ""], "doppel: --expect: the text is empty\n"],
		[["--send", "a\\q"], 'doppel: --send a\\q: "\\q" is not one of \\r \\n \\t \\e \\0 \\\\ \\xHH\n'],
		[["--timeout", "soon"], "doppel: --timeout soon: is not a whole number from 1 on\n"],
		[["--timeout", "0"], "doppel: --timeout 0: is not a whole number from 1 on\n"],
	])("%j is refused in one line", async (args, stderr) => expect(await run(...args)).toMatchObject({ stdout: "", stderr, code: 2 }));
	it("types at the same instruction every time", async () => {
		const counts = new Set<string>();
		for (const engine of ["interpret", "js", "wasm"]) {
			const { stderr } = await run("--engine", engine, "--expect", "ready", "--send", "abc.", "--stats=json");
			counts.add(JSON.parse(stderr).instructions);
		}
		expect(counts.size).toBe(1);
	});
});
