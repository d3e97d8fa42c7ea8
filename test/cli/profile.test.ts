import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doppel } from "./run-doppel.ts";

let folder = "";
const program = `_start:
	li   s0, 20000
again:
	jal  ra, work
	addi s0, s0, -1
	bnez s0, again
	li   t0, 0x100000
	li   t1, 0x33333
	sw   t1, 0(t0)
work:
	li   a0, 10
spin:
	addi a0, a0, -1
	bnez a0, spin
	ret
`;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "doppel-profile-"));
	writeFileSync(join(folder, "work.s"), program);
	writeFileSync(join(folder, "more.txt"), "80000010 T hello;world\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("doppel profile", () => {
	it("writes both files and a table on stderr, and ends with the guest's exit code", async () => {
		const ran = await doppel(["profile", "work.s", "-o", "out.speedscope.json"], { cwd: folder });
		expect([ran.stdout, ran.code]).toEqual(["", 3]);
		expect(ran.stderr).toMatch(/work\.s: 500,00\d instructions, \d+ samples, one in 1,000/);
		expect(ran.stderr).toMatch(/8\d\.\d % +8\d\.\d % +0x[0-9a-f]+ +spin\n/);
		const collapsed = readFileSync(join(folder, "out.collapsed.txt"), "utf8");
		expect(collapsed).toMatch(/^again;spin \d+$/m);
		const file = JSON.parse(readFileSync(join(folder, "out.speedscope.json"), "utf8"));
		expect(file.shared.frames.map(({ name }: { name: string }) => name)).toContain("spin");
		expect(file.profiles[0].endValue).toBeGreaterThan(490_000);
	});
	it("takes more symbols from a file, and what is in them stays a name", async () => {
		await doppel(["profile", "work.s", "-o", "more.json", "--symbols", "more.txt"], { cwd: folder });
		expect(readFileSync(join(folder, "more.collapsed.txt"), "utf8")).toMatch(/hello,world/);
	});
	it("says in one line what is wrong before it runs anything", async () => {
		const nowhere = await doppel(["profile", "work.s", "-o", "no/such/folder.json"], { cwd: folder });
		expect([nowhere.stderr, nowhere.code]).toEqual(["doppel: no/such/folder.json: no such file\n", 2]);
		const zero = await doppel(["profile", "work.s", "--interval", "0"], { cwd: folder });
		expect(zero.stderr).toBe("doppel: --interval 0: is not a whole number from 1 to 1073741824\n");
		const symbols = await doppel(["profile", "work.s", "--symbols", "work.s"], { cwd: folder });
		expect([symbols.stderr.split("\n").length, symbols.code]).toEqual([2, 2]);
		expect(existsSync(join(folder, "profile.speedscope.json"))).toBe(false);
	});
});
