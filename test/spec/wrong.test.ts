import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verdict, wrongDefinitions, wrongFolder } from "./definitions.ts";

const all = wrongDefinitions();
/** DOPPEL_BLESS=1 writes what is said now into the files; read the diff before you commit it. */
const bless = process.env.DOPPEL_BLESS === "1";

describe("every wrong definition is refused with its exact message", () => {
	test("there are at least 40 of them", () => expect(all.length).toBeGreaterThanOrEqual(40));
	test.each(all.map((w) => [w.name, w] as const))("%s", (_, wrong) => {
		const said = verdict(wrong.files);
		if (bless) writeFileSync(join(wrongFolder, wrong.first), (wrong.files.get(wrong.first) ?? "").replace(/^\/\/ expected:.*/, `// expected: ${said}`));
		else expect(said, "run with DOPPEL_BLESS=1 to accept this message").toBe(wrong.expected);
	});
});
