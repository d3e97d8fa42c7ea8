import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doppel } from "../cli/run-doppel.ts";

// A folder of built riscv-tests in the -p- and -v- environments: DOPPEL_RISCV_TESTS. They are run where they are at hand and never part of this project.
const folder = process.env.DOPPEL_RISCV_TESTS ?? "";
const suites = /^rv(32|64)(ui|um|ua|uc|uf|ud|uzfh|mi|si|uzba|uzbb|uzbs|uzicond|mzicbo|ssvnapot)-[pv]-/;

/** Tests of these suites that do not apply, each with its reason: none. (`breakpoint` finds no debug trigger and ends well, as it is meant to.) */
const notApplicable: Record<string, string> = {};

const tests = existsSync(folder) ? readdirSync(folder).filter((name) => suites.test(name) && !name.endsWith(".dump")) : [];

describe.skipIf(tests.length === 0)("C3: riscv-tests end with tohost = 1 (skipped: DOPPEL_RISCV_TESTS names no folder of built tests)", () => {
	for (const engine of ["interpret", "js", "wasm"])
		it(`C3: every rv32 and rv64 test of these suites passes on ${engine}`, { timeout: 600_000 }, async () => {
			const failed: string[] = [];
			for (const name of tests) {
				if (name in notApplicable) continue;
				const run = await doppel(["run", join(folder, name), "--engine", engine, "--max-instructions", "5000000"]);
				if (run.code !== 0) failed.push(`${name}: ${run.code} ${run.stderr}`);
			}
			expect(failed).toEqual([]);
		});
});
