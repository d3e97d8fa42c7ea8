import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ratioOf } from "../../bench/compare/statistics.ts";
import { readWorkloads, roundsOf, type Size, sizes } from "../../bench/compare/workloads.ts";
import { doppel } from "../cli/run-doppel.ts";
import { root } from "../house/source.ts";

const folder = join(root, "bench/guests");
const workloads = readWorkloads(folder);

describe("the workloads of the benchmark", () => {
	it("are thirteen, four of them on doubles", () => expect([workloads.length, workloads.filter((w) => w.float).length]).toEqual([13, 4]));
	it.each(workloads)("$name has a checksum for each size, and one more where multiply-add may be fused", (w) => {
		for (const size of Object.keys(sizes) as Size[]) {
			const sum = w.sums.get(roundsOf(w, size));
			expect(sum?.fused).toMatch(/^[0-9a-f]{8}$/);
			if (!w.float) expect(sum?.separate).toBe(sum?.fused);
		}
	});
	it.each(["mix", "nbody"].flatMap((name) => [32, 64].map((xlen) => [name, xlen] as const)))("%s prints it on rv%i", async (name, xlen) => {
		const w = workloads.find((one) => one.name === name)!;
		const rounds = roundsOf(w, "tiny");
		const ran = await doppel(["run", join(folder, `built/${name}-rv${xlen}gc.elf`), "--append", `rounds=${rounds}`]);
		expect(ran.stdout.trim()).toBe(w.sums.get(rounds)!.fused);
	});
});

it("a ratio is that of pairs, not of medians", () => {
	expect(ratioOf([2, 20, 4], [1, 10, 4])).toEqual({ median: 2, low: 1.5, high: 2 });
});
