/** `npm run bench translation`: measures translation by stage, and every engine on the mix with and without page tables; prints tables in Markdown. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Isa } from "../jit/spec/isa.ts";
import { loadIsa } from "../jit/spec/load.ts";
import { definitionsFolder, readDefinitions } from "../src/host/node/definitions.ts";
import { loadImage } from "../src/load/load.ts";
import { measureEngines } from "./compute.ts";
import { paged } from "./paged.ts";
import { type Code, measureStages } from "./stages.ts";

const guests = join(definitionsFolder(), "../bench/guests/built");
/** A large program, where it is on the machine: U-Boot from Debian's u-boot-qemu. Its first instructions, as many as are measured in some seconds. */
const large = { xlen: 64, file: "/usr/lib/u-boot/qemu-riscv64/u-boot.bin", address: 0x80000000, instructions: 30_000 };
const round = (n: number): string => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e3).toFixed(0)} k`);
const row = (name: string, rate: number, margin: number): string => `| ${name} | ${round(rate)} | ±${margin.toFixed(0)} % |`;

async function stages(isa: Isa, name: string, code: Code, most?: number): Promise<void> {
	console.log(`### ${name}\n\n| stage | guest instructions a second | margin |\n| --- | --- | --- |`);
	// machine mode: the context word of a machine that was just switched on
	const context = isa.contexts.reduce((word, c) => word + (2 ** c.width - 1) * 2 ** c.shift, 0);
	for (const r of await measureStages(isa, code, context, most)) console.log(row(r.stage, r.instructionsPerSecond, r.marginPercent));
	console.log("");
}

console.log(`Node ${process.version}, ${process.arch}\n`);
for (const xlen of [32, 64]) {
	const isa = loadIsa(readDefinitions("riscv"), { parameters: { XLEN: xlen } });
	const name = `mix-rv${xlen}gc.elf`;
	const image = loadImage(new Uint8Array(readFileSync(join(guests, name))), {});
	const segment = image.segments[0];
	if (!segment) throw new Error(`${name} has no code`);
	await stages(isa, name, { address: segment.address, bytes: segment.data });
	if (large.xlen === xlen && existsSync(large.file))
		await stages(
			isa,
			`U-Boot, ${large.instructions} instructions`,
			{ address: large.address, bytes: new Uint8Array(readFileSync(large.file)) },
			large.instructions,
		);
	console.log(`### ${name}, running\n\n| engine | guest instructions a second | margin |\n| --- | --- | --- |`);
	for (const r of await measureEngines(isa, image)) console.log(row(r.engine, r.instructionsPerSecond, r.marginPercent));
	for (const r of await measureEngines(isa, paged(isa, image, xlen)))
		console.log(row(`${r.engine}, behind page tables`, r.instructionsPerSecond, r.marginPercent));
	console.log("");
}
