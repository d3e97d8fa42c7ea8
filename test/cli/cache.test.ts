import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTranslations } from "../../src/host/node/translation-cache.ts";
import { doppel } from "./run-doppel.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "doppel-cache-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...more: string[]) => doppel(["run", "--cache", join(folder, "runs"), "--stats=json", ...more]);

describe("--cache", () => {
	it("lets the second run begin with what the first one translated; a damaged file is one line and changes nothing else", async () => {
		const first = await run();
		const second = await run();
		const statistics = (text: string) => JSON.parse(text.trim().split("\n").at(-1)!) as { restored: number; instructions: number };
		expect([statistics(first.stderr).restored, first.code, second.code]).toEqual([0, 0, 0]);
		expect(statistics(second.stderr).restored).toBeGreaterThan(0);
		expect(second.stdout).toBe(first.stdout);
		expect(statistics(second.stderr).instructions).toBe(statistics(first.stderr).instructions);
		const [name, ...others] = readdirSync(join(folder, "runs"));
		expect(others).toEqual([]);
		const path = join(folder, "runs", name!);
		const whole = readFileSync(path);
		whole[whole.length >> 1]! ^= 4;
		writeFileSync(path, whole);
		const third = await run();
		expect(third.stderr.split("\n")[0]).toBe(`doppel: ${path}: is damaged (${whole.length} bytes): everything is translated anew`);
		expect([third.stdout, third.code, statistics(third.stderr).restored]).toEqual([first.stdout, 0, 0]);
		// and is good again
		expect(statistics((await run()).stderr).restored).toBeGreaterThan(0);
	});
	it("keeps other machines apart", async () => {
		await run("-m", "64M");
		expect(readdirSync(join(folder, "runs")).length).toBe(2);
	});
	it("says in one line that the folder cannot be made", async () => {
		writeFileSync(join(folder, "file"), "");
		const ran = await doppel(["run", "--cache", join(folder, "file/below")]);
		expect([ran.code, ran.stderr]).toEqual([2, `doppel: --cache ${join(folder, "file/below")}: a part of the path is not a directory\n`]);
	});
});

describe("S5: a file of translations", () => {
	it("counts only whole: every flipped byte and every length is seen", () => {
		const lines: string[] = [];
		const open = () => openTranslations(join(folder, "flips"), ["a"], (line) => lines.push(line));
		const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
		open().save(bytes);
		expect([...open().bytes!]).toEqual([...bytes]);
		const [name] = readdirSync(join(folder, "flips"));
		const path = join(folder, "flips", name!);
		const whole = readFileSync(path);
		for (let i = 0; i < whole.length; i++) {
			const other = Buffer.from(whole);
			other[i]! ^= 1 << (i & 7);
			writeFileSync(path, other);
			expect(open().bytes).toBe(null);
			writeFileSync(path, whole.subarray(0, i));
			expect(open().bytes).toBe(null);
		}
		expect(lines.length).toBe(2 * whole.length);
	});
	it("is another one for another identity", () => {
		const open = (identity: unknown) => openTranslations(join(folder, "names"), identity, () => {});
		open(["a"]).save(Uint8Array.of(1));
		expect(open(["b"]).bytes).toBe(null);
		expect([...open(["a"]).bytes!]).toEqual([1]);
	});
});
