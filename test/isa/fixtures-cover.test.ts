import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../jit/decode/decoder.ts";
import { parseFixtures } from "../../src/debug/fixture/parse.ts";
import { definitionsFolder } from "../../src/host/node/definitions.ts";
import { loadDefinition } from "../support/definition.ts";

const folder = join(definitionsFolder(), "riscv/test");
const files = readdirSync(folder).map((file) => parseFixtures(file, readFileSync(join(folder, file), "utf8")));

describe.each([32, 64])("the fixtures of RV%i", (XLEN) => {
	const isa = loadDefinition("riscv", { XLEN });
	it("have an example of every instruction and encoding", () => {
		const decoder = createDecoder(isa);
		const shown = new Set<string>();
		for (const { cases, parameters } of files) {
			if (parameters.XLEN !== XLEN) continue;
			for (const c of cases) {
				const found = decoder.decode(c.bytes, 0, c.bytes.length, 0);
				if (found.spec) shown.add(`${found.spec.id}/${found.encoding}`);
			}
		}
		const missing = isa.instructions.flatMap((spec) => spec.encodings.flatMap((e, i) => (shown.has(`${spec.id}/${i}`) ? [] : [`${spec.name}: ${e.text}`])));
		expect(missing).toEqual([]);
	});
});
