import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { promises } from "../promises.ts";
import { allTitles, idsOf, promisePage, titlesOf } from "./promise-table.ts";
import { root } from "./source.ts";

describe("the table of promises", () => {
	const page = join(root, "test/README.md");
	const fresh = promisePage(allTitles());
	if (process.env["DOPPEL_BLESS"] === "promises") writeFileSync(page, fresh);

	it("is what the tests' titles say (else: npm run promises)", () => {
		expect(existsSync(page) ? readFileSync(page, "utf8") : "").toBe(fresh);
	});
	it("lists every promise, pending or not", () => {
		for (const { id } of promises) expect(fresh).toContain(`\n| ${id} | `);
	});
	it("no title names a promise that is not in the list", () => {
		const known = new Set(promises.map((p) => p.id));
		expect(allTitles().flatMap((t) => idsOf(t.title).filter((id) => /^[CDS]\d+$/.test(id) && !known.has(id)))).toEqual([]);
	});
	it("a skipped test keeps no promise, a conditional one does", () => {
		const text = 'it.skip("C1: no", f); it.skipIf(x)("C2: yes", f); it.each(rows)("C5, C6: both of %s", f); describe(`S1: ${n} files`, f);';
		expect(titlesOf("a.test.ts", text).map((t) => idsOf(t.title))).toEqual([["C2"], ["C5", "C6"], ["S1"]]);
		expect(promisePage(titlesOf("a.test.ts", text))).toMatch(/\| C1 \|.*\*pending\*/);
	});
});
