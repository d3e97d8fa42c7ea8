/** `doppel isa test`: fixture files in, a line for each wrong case and a count out; exit code 1 when one is wrong. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../jit/base/errors.ts";
import { makeEngines } from "../../debug/fixture/engines.ts";
import { parseFixtures } from "../../debug/fixture/parse.ts";
import { createFixtureRunner } from "../../debug/fixture/run.ts";
import { isaFolder } from "../../host/node/definitions.ts";
import { causeOf, readText } from "../../host/node/files.ts";
import { chooseIsa, defaultIsa, type IsaOptions } from "../choose-isa.ts";
import { oneOf } from "../values.ts";

/** The fixture files of an ISA. */
function fixtureFiles(isa: string): string[] {
	const folder = join(isaFolder(isa), "test");
	try {
		return readdirSync(folder)
			.filter((name) => name.endsWith(".ins"))
			.sort()
			.map((name) => join(folder, name));
	} catch (error) {
		throw new HostError(`${folder}: ${causeOf(error)}`);
	}
}

export async function test(files: readonly string[], o: IsaOptions & { engine?: string }): Promise<void> {
	const engines = o.engine === undefined ? ["js", "wasm"] : [oneOf("--engine", o.engine, ["interpret", "js", "wasm"] as const)];
	let good = 0;
	let bad = 0;
	for (const path of files.length > 0 ? files : fixtureFiles(o.isa ?? defaultIsa())) {
		const parsed = parseFixtures(path, readText(path));
		const parameter = [...Object.entries(parsed.parameters).map(([name, value]) => `${name}=${value}`), ...(o.parameter ?? [])];
		const runner = await createFixtureRunner(
			await chooseIsa({ isa: o.isa ?? parsed.isa, parameter, extend: o.extend ?? [] }, { assembler: true }),
			makeEngines(engines),
		);
		for (const c of parsed.cases) {
			const wrong = runner.check(c);
			if (wrong.length === 0) good++;
			else {
				bad++;
				console.log(`${path}:${c.line}: ${c.text}\n${wrong.map((w) => `\t${w}`).join("\n")}`);
			}
		}
	}
	console.log(`${good} good, ${bad} wrong`);
	if (bad > 0) process.exitCode = 1;
}
