import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";

// A folder of a built xv6-riscv: DOPPEL_XV6. README.md says how it is built; it is run where it is at hand and never part of this project.
const folder = process.env.DOPPEL_XV6 ?? "";
const kernel = join(folder, "kernel/kernel");
const missing = folder === "" || !existsSync(kernel) || !existsSync(join(folder, "fs.img"));
/** The quick half of xv6's own tests takes minutes: asked for by name. */
const whole = process.env.DOPPEL_XV6_USERTESTS !== undefined;

/** Runs a copy of the disk with what is typed, each line at the shell's prompt. */
function xv6(lines: readonly string[], last: string, o: { smp: number; seconds: number }) {
	const disk = join(mkdtempSync(join(tmpdir(), "doppel-xv6-")), "fs.img");
	copyFileSync(join(folder, "fs.img"), disk);
	const typed = lines.flatMap((line) => ["--expect", "$ ", "--send", `${line}\\n`]);
	const args = ["run", kernel, "--drive", `file=${disk}`, "--smp", String(o.smp), ...typed, "--expect", last, "--timeout", String(o.seconds)];
	return { disk, ran: doppel(args, { timeout: 1000 * (o.seconds + 30) }) };
}

describe.skipIf(missing)("xv6 (skipped: DOPPEL_XV6 names no folder of a built xv6-riscv)", () => {
	it.each([1, 3])("reaches its shell on %i harts; files, pipes and processes work", { timeout: 400_000 }, async (smp) => {
		const { ran } = xv6(["ls", "echo one two three > new; cat new new | wc", "forktest"], "fork test OK", { smp, seconds: 300 });
		const { stdout, stderr, code } = await ran;
		expect([stderr, code]).toEqual(["", 0]);
		for (const line of ["init: starting sh", "README         2 2 ", "console        3 ", "2 6 28 "]) expect(stdout).toContain(line);
		for (let hart = 1; hart < smp; hart++) expect(stdout).toContain(`hart ${hart} starting`);
	});
	it("finds on the disk what it wrote before", { timeout: 400_000 }, async () => {
		const first = xv6(["echo kept on the disk > kept", "echo done it"], "done it", { smp: 1, seconds: 200 });
		expect((await first.ran).code).toBe(0);
		const again = await doppel([
			"run",
			kernel,
			"--drive",
			`file=${first.disk}`,
			"--expect",
			"$ ",
			"--send",
			"cat kept\\n",
			"--expect",
			"kept on the disk",
			"--timeout",
			"200",
		]);
		expect([again.stderr, again.code]).toEqual(["", 0]);
	});
	it.skipIf(!whole).each([1, 3])("passes usertests -q on %i harts", { timeout: 3_700_000 }, async (smp) => {
		const { stdout, stderr, code } = await xv6(["usertests -q"], "ALL TESTS PASSED", { smp, seconds: 3600 }).ran;
		expect([stdout.match(/FAILED.*/)?.[0], stderr, code]).toEqual([undefined, "", 0]);
	});
});
