import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { createThreadHelper } from "../../src/host/node/translation-helper.ts";
import { doppel } from "../cli/run-doppel.ts";
import { finish, manyFunctions, rig } from "../machine/rig.ts";

/** So many functions, each called so often, that a helper is worth it; ends with exit code 42. */
const body = ["addi a1, a1, 1", "xor a2, a2, a1", "addi a3, a3, 3", "add a4, a4, a2", "xor a5, a5, a4", "addi a1, a1, 5"];
const many = manyFunctions({ from: 0x80010000, count: 2000, rounds: 300, body, end: `li a0, 42\n${finish}` });

describe("the thread that translates while the guest runs", () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "doppel-thread-"));
		writeFileSync(join(folder, "many.s"), `_start:${many}`);
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it("D1: makes units, and the run is the same run", async () => {
		const runs = [];
		for (const threads of [0, 1]) {
			const { code, stderr } = await doppel(["run", join(folder, "many.s"), "--threads", `${threads}`, "--stats=json"]);
			const { helped, instructions, processors, exits } = JSON.parse(stderr) as Record<string, unknown>;
			runs.push({ code, instructions, processors, traps: (exits as Record<string, number>)["trap"] });
			expect({ threads, helped: (helped as number) > 0 }).toEqual({ threads, helped: threads === 1 });
		}
		expect(runs[0]).toMatchObject({ code: 42 });
		expect(runs[1]).toEqual(runs[0]);
	}, 60_000);
	it.each([
		["is not there", null, 0],
		["dies at once", "process.exit(3)", 0],
		[
			"dies of its first job",
			"const { workerData: { port, signal } } = require('node:worker_threads'); port.on('message', () => process.exit(3)); Atomics.add(signal, 0, 1)",
			1,
		],
		[
			"answers nonsense",
			"const { workerData: { port, signal } } = require('node:worker_threads'); port.on('message', ({ number }) => { port.postMessage([{ number, made: {} }]); Atomics.add(signal, 0, 1) }); Atomics.add(signal, 0, 1)",
			0,
		],
	])(
		"is done without, when it %s",
		async (_, text, count) => {
			const file = join(folder, "thread.cjs");
			rmSync(file, { force: true });
			if (text !== null) writeFileSync(file, text);
			const lines: string[] = [];
			const { machine } = await rig(64, { ...policies.auto, wasmAfter: 20 }, many, {
				host: { helper: (setting) => createThreadHelper(setting, { file, regionsBefore: 1, patienceMillis: 50, warn: (line) => lines.push(line) }) },
			});
			for (let slice = 0; slice < 20; slice++) {
				expect(machine.run(200_000).reason).toBe("limit");
				// so that the thread has a chance to begin
				await new Promise((done) => setTimeout(done, 5));
			}
			expect([machine.statistics.helped, machine.statistics.tiers.wasm.units > 100]).toEqual([0, true]);
			expect(lines.map((line) => line.includes("does not answer"))).toEqual(Array(count).fill(true));
			expect(machine.run(1e9)).toEqual({ reason: "exit", code: 42 });
			machine.close();
		},
		60_000,
	);
});
