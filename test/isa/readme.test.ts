import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadIsa } from "../../jit/spec/load.ts";
import { makeEngines } from "../../src/debug/fixture/engines.ts";
import { parseFixtures } from "../../src/debug/fixture/parse.ts";
import { createFixtureRunner } from "../../src/debug/fixture/run.ts";
import { definitionsFolder, readDefinitions } from "../../src/host/node/definitions.ts";

const text = readFileSync(join(definitionsFolder(), "README.md"), "utf8");
/** The examples below the numbered steps, in order. */
const blocks = [...text.matchAll(/^ {3}```(\w*)\n([\s\S]*?)^ {3}```/gm)].map((m) => m[2]!.replaceAll(/^ {3}/gm, ""));

describe("isa/README.md", () => {
	it("has an instruction and an instruction set, each with fixtures", () => expect(blocks).toHaveLength(4));

	it("shows an instruction that loads and keeps its fixtures on every engine", async () => {
		const isa = loadIsa(readDefinitions("riscv"), { parameters: { XLEN: 64 }, extend: new Map([["myops.isa.js", blocks[0]!]]) });
		const runner = await createFixtureRunner(isa, makeEngines(["js", "wasm"]));
		const { cases } = parseFixtures("myops.ins", blocks[1]!);
		expect(cases.length).toBeGreaterThan(0);
		expect(cases.flatMap((c) => runner.check(c))).toEqual([]);
	});

	it("shows an instruction set that loads and keeps its fixtures on every engine", async () => {
		const runner = await createFixtureRunner(loadIsa(new Map([["tiny/tiny.isa.js", blocks[2]!]])), makeEngines(["js", "wasm"]));
		const { cases } = parseFixtures("tiny.ins", blocks[3]!);
		expect(cases.length).toBeGreaterThan(0);
		expect(cases.flatMap((c) => runner.check(c))).toEqual([]);
	});
});
