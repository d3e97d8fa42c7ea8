import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchHtml } from "../../src/cli/bench/html.ts";
import { createProgress } from "../../src/cli/bench/progress.ts";
import type { BenchReport } from "../../src/cli/bench/report.ts";
import { stages, timeByStage } from "../../src/cli/bench/stages.ts";
import { benchText } from "../../src/cli/bench/text.ts";
import { doppel } from "./run-doppel.ts";

let folder = "";
const program = `_start:
	li   s0, 300000
spin:
	addi s0, s0, -1
	csrr a1, mscratch
	bnez s0, spin
	li   t0, 0x100000
	li   t1, 0x33333
	sw   t1, 0(t0)
`;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-bench-"));
	writeFileSync(join(folder, "spin.s"), program);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("doppel bench", () => {
	it("reports on the guest that comes with doppel, quietly in a pipe", async () => {
		const ran = await doppel(["bench", "--top", "1", "--lines", "5"]);
		expect(ran.code).toBe(0);
		for (const word of ["where guest.elf's time went", "run Wasm", "decode", "install", "translated", "most often at", "not translated", "(local $budget i32)"])
			expect(ran.stderr).toContain(word);
		expect(ran.stderr).toMatch(/1\. \d+\.\d % at 0x[0-9a-f]+ on wasm: \d+ instructions in \d+ blocks/);
		expect(ran.stderr).not.toMatch(/[\r\x1b]/);
	});
	it("writes the whole report as JSON and as a page, and ends with the guest's exit code", async () => {
		const ran = await doppel(["bench", "spin.s", "--engine", "js", "--json", "out.json", "--html", "out.html"], { cwd: folder });
		expect(ran.code).toBe(3);
		const report = JSON.parse(read("out.json")) as BenchReport;
		expect(report.run.instructions).toBe(900_006);
		expect(Object.keys(report.stages)).toEqual(Object.keys(stages));
		expect(report.stages["run JavaScript"] + report.stages.dispatch + report.stages.interpreter + report.stages.other).toBeGreaterThan(0);
		expect(report.samples).toBeGreaterThan(3);
		const [hottest] = report.regions;
		expect(hottest!.guest.map(({ text }) => text)).toContain("add s0,s0,-1");
		expect([hottest!.tier, hottest!.in]).toEqual(["js", "spin"]);
		expect(hottest!.code).toMatch(/^function unit_/);
		expect(read("out.html")).toContain("function unit_");
	});
	it("says in one line what is wrong before it runs anything", async () => {
		const ran = await doppel(["bench", "spin.s", "--json", "no/such/file.json"], { cwd: folder });
		expect([ran.stderr, ran.code]).toEqual(["doppel: no/such/file.json: no such file\n", 2]);
	});
});

const frame = (file: string, name = "f") => ({ file, name });
describe("time by stage", () => {
	const cases: [stage: string, frames: ReturnType<typeof frame>[]][] = [
		["run Wasm", [frame("wasm"), frame("", "run"), frame("jit/dispatch/dispatcher.ts")]],
		["decode", [frame("jit/base/halves.ts"), frame("jit/decode/decoder.ts"), frame("jit/lift/lift.ts")]],
		["lift", [frame("jit/ir/builder.ts"), frame("jit/lift/lift.ts")]],
		["emit", [frame("jit/ir/evaluate.ts"), frame("jit/emit/wasm/writer.ts"), frame("jit/dispatch/translate.ts")]],
		["install", [frame("", "Module"), frame("jit/emit/wasm/emit.ts")]],
		["install", [frame("jit/cache/cache.ts")]],
		["run JavaScript", [frame("", "unit_80000000"), frame("jit/dispatch/dispatcher.ts")]],
		["garbage collection", [frame("", "(garbage collector)"), frame("jit/opt/optimize.ts")]],
		["hypervisor", [frame("jit/base/halves.ts"), frame("src/hypervisor/hypervisor.ts")]],
		["other", [frame("", "(program)")]],
		["other", [frame("node_modules/commander/index.js")]],
	];
	it.each(cases)("%s", (stage, frames) => {
		expect(Object.entries(timeByStage([{ frames, micros: 2000 }])).filter(([, ms]) => ms > 0)).toEqual([[stage, 2]]);
	});
	it("leaves waiting out", () => expect(Object.values(timeByStage([{ frames: [frame("", "(idle)")], micros: 9 }])).every((ms) => ms === 0)).toBe(true));
});

describe("S9: a report of a guest whose names are hostile", () => {
	const name = `<script>alert(1)</script>"'&`;
	const tiers = { js: { instructions: 1, share: 1, blocks: 1, units: 1, runs: 1 } };
	const numbers = {
		seconds: 1,
		startSeconds: 1,
		instructions: 1,
		mips: 1,
		guestSeconds: 1,
		traps: 0,
		interrupts: 0,
		singles: 0,
		assists: 0,
		quiet: 0,
		restored: 0,
		helped: 0,
	};
	const run = { isa: name, board: name, engine: "js", processors: [1], tiers, translation: {}, exits: {}, refusals: {}, cache: {}, ...numbers };
	const guest = [{ address: "0x0", bytes: "00", text: name, share: 1, leads: true }];
	const report: BenchReport = {
		image: name,
		run: { ...run, addresses: { asked: 0, filled: 0, switched: 0, flushed: 0 } },
		stages: { ...(Object.fromEntries(Object.keys(stages).map((stage) => [stage, 1])) as BenchReport["stages"]) },
		translation: {},
		samples: 1,
		regions: [{ tier: "js", address: "0x0", in: name, share: 1, blocks: 1, instructions: 1, guest, code: name }],
		cold: { share: 0, places: [] },
		left: { assist: [{ address: "0x0", in: name, count: 1 }] },
		refusals: { [name]: { count: 1, meaning: name, places: [] } },
	};
	it("shows them as text", () => {
		expect(benchHtml(report)).not.toMatch(/<script|alert\(1\)<\/script|"'&/);
		expect(benchHtml(report).split("&#60;script&#62;").length).toBeGreaterThan(8);
		expect(benchText(report, 10)).toContain(name);
	});
});

describe("progress", () => {
	const stream = (isTTY: boolean) => {
		const written: string[] = [];
		return { written, isTTY, write: (text: string) => written.push(text) > 0 } as never as NodeJS.WriteStream & { written: string[] };
	};
	const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
	it("is shown on a terminal, is gone before the guest prints, and does not cut a line in two", async () => {
		const terminal = stream(true);
		const progress = createProgress(terminal);
		await wait();
		progress.show(() => "one");
		progress.show(() => "too soon");
		progress.seen(65);
		await wait();
		progress.show(() => "in the middle of a line");
		expect(terminal.written).toEqual(["\r\x1b[Kdoppel: one", "\r\x1b[K"]);
	});
	it("is silent in a pipe", async () => {
		const pipe = stream(false);
		const progress = createProgress(pipe);
		await wait();
		progress.show(() => "one");
		progress.clear();
		expect(pipe.written).toEqual([]);
	});
});
