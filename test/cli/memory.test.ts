import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultLimits, opBytes } from "../../jit/cache/cache.ts";
import { manyFunctions } from "../machine/rig.ts";
import { command } from "../support/command.ts";
import { bundle, root } from "./run-doppel.ts";

const mib = 2 ** 20;
const ramMib = 64;
// the cache's limits: what translated code takes, and what is kept for the interpreter
const allowed = ramMib * mib + defaultLimits.bytes + defaultLimits.ops * opBytes + 64 * mib;
const telling = "data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))";

const finish = `
	li t0, 0x100000
	li t1, 0x5555
	sw t1, 0(t0)
x: j x`;
/** Writes to all of RAM behind it. */
const touch = `
	la t0, last
	li t1, ${0x80000000 + ramMib * mib}
	li t2, 4096
page: sw t2, 0(t0)
	add t0, t0, t2
	bltu t0, t1, page`;
/** So many functions of 14 instructions that are all called so often. */
const pattern = Array.from({ length: 7 }, (_, i) => [`addi a${i % 4}, a${(i + 1) % 4}, ${i}`, `xor a4, a4, a${i % 4}`]).flat();
const many = (count: number, rounds: number): string => manyFunctions({ from: 0x80100000, count, rounds, body: pattern, end: finish });

/** Promise D7 counts the limit of translated code only, and is pending: this keeps a guest with any number of blocks from growing without end. */
describe("the memory of a run", () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "doppel-memory-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	/** Bytes that a run of the program had in memory when it had most. */
	async function peakOf(name: string, text: string, engine: string): Promise<number> {
		const path = join(folder, `${name}.s`);
		writeFileSync(path, `_start:${text}\nlast:\n`);
		const ran = await command(process.execPath, ["--import", telling, bundle, "run", path, "-m", `${ramMib}M`, "--engine", engine], {
			cwd: root,
			timeout: 100_000,
		});
		expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^peak \d+$/) });
		return Number(ran.stderr.slice("peak ".length)) * 1024;
	}

	it.each([
		["interpret", 40_000, 2],
		["auto", 10_000, 160],
	] as const)(
		"on %s, with all of RAM written and %i functions called %i times: within RAM, the code cache's limits and 64 MiB beyond idle",
		async (engine, count, rounds) => {
			const idle = await peakOf("idle", finish, engine);
			const busy = await peakOf("busy", touch + many(count, rounds), engine);
			console.log(`memory on ${engine}: idle ${(idle / mib).toFixed(0)} MiB, busy ${(busy / mib).toFixed(0)} MiB`);
			expect(busy - idle).toBeGreaterThan((ramMib / 2) * mib);
			expect(busy - idle).toBeLessThan(allowed);
		},
		200_000,
	);
});
