import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadIsa } from "../../jit/spec/load.ts";
import { makeEngines } from "../../src/debug/fixture/engines.ts";
import { parseFixtures } from "../../src/debug/fixture/parse.ts";
import { createFixtureRunner, type FixtureRunner } from "../../src/debug/fixture/run.ts";
import { readSketch, sketchNames } from "./read.ts";

// Small definitions chosen to hurt: each line is decoded, disassembled, assembled and run on all three engines.
describe.each(sketchNames)("the sketch of %s", (name) => {
	const file = readdirSync(new URL(name, import.meta.url)).find((f) => f.endsWith(".ins")) as string;
	const parsed = parseFixtures(`${name}/${file}`, readFileSync(new URL(`${name}/${file}`, import.meta.url), "utf8"));
	let runner: Promise<FixtureRunner> | null = null;
	it.each(parsed.cases.map((c) => [c.line, c.text, c] as const))("line %i: %s", async (_line, _text, c) => {
		runner ??= createFixtureRunner(loadIsa(readSketch(name)), makeEngines(["js", "wasm"]));
		expect((await runner).check(c)).toEqual([]);
	});
});
