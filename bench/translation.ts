/** `npm run bench translation`: measures translation by stage, and every engine on the mix with and without page tables; prints tables in Markdown. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadIsa } from "../jit/spec/load.ts";
import { definitionsFolder, readDefinitions } from "../src/host/node/definitions.ts";
import { loadImage } from "../src/load/load.ts";
import { measureEngines } from "./compute.ts";
import { paged } from "./paged.ts";
import { measureStages } from "./stages.ts";

const guests = join(definitionsFolder(), "../bench/guests/built");
const round = (n: number): string => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e3).toFixed(0)} k`);
const row = (name: string, rate: number, margin: number): string => `| ${name} | ${round(rate)} | ±${margin.toFixed(0)} % |`;

console.log(`Node ${process.version}, ${process.arch}\n`);
for (const xlen of [32, 64]) {
	const isa = loadIsa(readDefinitions("riscv"), { parameters: { XLEN: xlen } });
	const name = `mix-rv${xlen}gc.elf`;
	const image = loadImage(new Uint8Array(readFileSync(join(guests, name))), {});
	const segment = image.segments[0];
	if (!segment) throw new Error(`${name} has no code`);
	console.log(`### ${name}\n\n| stage | guest instructions a second | margin |\n| --- | --- | --- |`);
	// machine mode: the context word of a machine that was just switched on
	const context = isa.contexts.reduce((word, c) => word + (2 ** c.width - 1) * 2 ** c.shift, 0);
	for (const r of await measureStages(isa, { address: segment.address, bytes: segment.data }, context))
		console.log(row(r.stage, r.instructionsPerSecond, r.marginPercent));
	console.log("\n| engine, running the mix | guest instructions a second | margin |\n| --- | --- | --- |");
	for (const r of await measureEngines(isa, image)) console.log(row(r.engine, r.instructionsPerSecond, r.marginPercent));
	for (const r of await measureEngines(isa, paged(isa, image, xlen)))
		console.log(row(`${r.engine}, behind page tables`, r.instructionsPerSecond, r.marginPercent));
	console.log("");
}
