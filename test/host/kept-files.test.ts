import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetOldest, replaceFile } from "../../src/host/node/kept-files.ts";

/** Files from the oldest to the newest, what there is room for, and what is left. */
const cases = [
	["as many files as allowed", [4, 4, 4], { files: 3, bytes: 100 }, "a b c"],
	["one file too many", [4, 4, 4], { files: 2, bytes: 100 }, "b c"],
	["as many bytes as allowed", [4, 4, 4], { files: 9, bytes: 12 }, "a b c"],
	["one byte too many", [4, 4, 4], { files: 9, bytes: 11 }, "b c"],
	["a newest that is too large by itself", [4, 4, 40], { files: 9, bytes: 11 }, "c"],
] as const;

describe("a folder of files that may go", () => {
	let folder = "";
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "doppel-kept-"));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));
	const path = (name: string): string => join(folder, `${name}.kept`);

	for (const [name, sizes, room, left] of cases)
		it(`holds ${left} of ${name}`, () => {
			sizes.forEach((size, i) => {
				const file = path("abc"[i]!);
				writeFileSync(file, "x".repeat(size));
				utimesSync(file, 1000 + i, 1000 + i);
			});
			writeFileSync(join(folder, "other"), "y".repeat(1000));
			forgetOldest(folder, ".kept", room);
			const names = readdirSync(folder).sort();
			expect(names).toEqual([...left.split(" ").map((one) => `${one}.kept`), "other"]);
		});

	it("takes a new file in one's place, and leaves nothing behind when it cannot", () => {
		replaceFile(path("a"), "one");
		replaceFile(path("a"), "two");
		expect(readFileSync(path("a"), "utf8")).toBe("two");
		expect(() => replaceFile(join(folder, "none", "a"), "three")).toThrow("ENOENT");
		expect(readdirSync(folder)).toEqual(["a.kept"]);
	});
});
