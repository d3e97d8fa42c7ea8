import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withPrograms } from "../../bench/compare/initrd.ts";
import { readWorkloads, roundsOf } from "../../bench/compare/workloads.ts";
import { policies } from "../../jit/tier/policy.ts";
import { readGuest } from "../../src/host/node/guests.ts";
import { root } from "../house/source.ts";
import { bootDebian, notBuilt } from "./debian.ts";

const folder = join(root, "bench/guests");
const workloads = readWorkloads(folder);
const names = workloads.map(({ name }) => name);

describe("C1: processes of Linux whose code lies at the same addresses", () => {
	for (const wasmAfter of [policies.auto.wasmAfter, 16])
		it(`thirteen programs print their checksums, in one order and in the other, with Wasm after ${wasmAfter} runs`, { timeout: 1_200_000 }, async (ctx) => {
			if (notBuilt) return ctx.skip(notBuilt);
			if (wasmAfter === 16 && !process.env.DOPPEL_LONG) return ctx.skip("takes a minute: DOPPEL_LONG=1");
			const scratch = mkdtempSync(join(tmpdir(), "doppel-programs-"));
			try {
				const initrd = join(scratch, "initrd");
				writeFileSync(initrd, withPrograms(readGuest("debian").initrd, folder, names));
				const shell = await bootDebian({ initrd, policy: { ...policies.auto, wasmAfter } });
				const sums: string[] = [];
				const wanted: string[] = [];
				for (const size of ["tiny", "quick", "tiny"] as const)
					for (const w of [...workloads, ...[...workloads].reverse()]) {
						const rounds = roundsOf(w, size);
						sums.push(`${w.name} ${(await shell.run(`/bench/${w.name} rounds=${rounds}`)).trim()}`);
						wanted.push(`${w.name} ${w.sums.get(rounds)!.fused}`);
					}
				shell.machine.close();
				expect(sums).toEqual(wanted);
			} finally {
				rmSync(scratch, { recursive: true });
			}
		});
});
