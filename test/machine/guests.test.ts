import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";

const guests = new URL("../guests/", import.meta.url).pathname;
// What QEMU printed (test/guests/expect.mjs).
const expected: Record<string, { exit: number; output: string }> = JSON.parse(readFileSync(`${guests}expected.json`, "utf8"));

describe("programs that gcc made print and return what they do on QEMU's virt board", () => {
	for (const engine of ["interpret", "js", "wasm"])
		it(`all ${Object.keys(expected).length} of them on ${engine}`, { timeout: 600_000 }, async () => {
			const wrong: unknown[] = [];
			for (const [name, want] of Object.entries(expected)) {
				const dir = mkdtempSync(join(tmpdir(), "doppel-guest-"));
				const run = await doppel(["run", `${guests}built/${name}`, "--engine", engine, "--semihosting", dir, "--max-instructions", "100000000"]);
				rmSync(dir, { recursive: true });
				if (run.code !== want.exit || run.stdout !== want.output) wrong.push({ name, run, want });
			}
			expect(wrong).toEqual([]);
		});
});
