import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const guests = new URL("../guests/", import.meta.url).pathname;
const doppel = new URL("../../.build/doppel.js", import.meta.url).pathname;
// What QEMU printed (test/guests/expect.mjs).
const expected: Record<string, { exit: number; output: string }> = JSON.parse(readFileSync(`${guests}expected.json`, "utf8"));

describe("programs that gcc made print and return what they do on QEMU's virt board", () => {
	for (const engine of ["interpret", "js", "wasm"])
		it(`all ${Object.keys(expected).length} of them on ${engine}`, { timeout: 600_000 }, () => {
			const wrong = Object.entries(expected).flatMap(([name, want]) => {
				const dir = mkdtempSync(join(tmpdir(), "doppel-guest-"));
				const run = spawnSync(process.execPath, [
					doppel,
					"run",
					`${guests}built/${name}`,
					"--engine",
					engine,
					"--semihosting",
					dir,
					"--max-instructions",
					"100000000",
				]);
				rmSync(dir, { recursive: true });
				const got = { exit: run.status, output: run.stdout.toString() };
				return got.exit === want.exit && got.output === want.output ? [] : [{ name, got, want, errors: run.stderr.toString() }];
			});
			expect(wrong).toEqual([]);
		});
});
