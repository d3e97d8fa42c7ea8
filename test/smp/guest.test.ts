import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadElf } from "../../src/load/elf.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { Random } from "../ir/random.ts";
import { type Engine, engines, isaOf } from "../machine/rig.ts";
import { command, missingOf } from "../support/command.ts";

const here = new URL(".", import.meta.url).pathname;
/** What QEMU prints: see the last test. */
const expected = readFileSync(`${here}expected.txt`, "utf8");
const missing = missingOf(["qemu-system-riscv32", "qemu-system-riscv64"]);
const seed = Number(process.env.DOPPEL_SEED ?? 1);

async function guest(bits: 32 | 64, engine: Engine, slice: () => number) {
	const out: number[] = [];
	const image = loadElf(readFileSync(`${here}harts-rv${bits}.elf`));
	const machine = buildMachine({
		...{ board: virt, isa: isaOf(bits), image, policy: policies[engine], processors: 4, ramBytes: 2 ** 22 },
		host: { output: (byte) => out.push(byte) },
	});
	let result = machine.run(slice());
	while (result.reason === "limit" && machine.retired < 1e8) result = machine.run(slice());
	return { result, output: Buffer.from(out).toString("latin1"), retired: machine.processors.map((p) => p.retired), hash: machine.hash() };
}

describe("four processors share memory, devices and code", () => {
	for (const bits of [32, 64] as const)
		it(`C1, D1: rv${bits}: with the same output, counts and state on every engine, however the run is cut into pieces (seed ${seed})`, {
			timeout: 100_000,
		}, async () => {
			const random = new Random(seed);
			const first = await guest(bits, "interpret", () => 2 ** 40);
			expect([first.result, first.output]).toEqual([{ reason: "exit", code: 0 }, expected]);
			for (const engine of engines) expect({ engine, ...(await guest(bits, engine, () => 1 + random.below(7000))) }).toEqual({ engine, ...first });
		});
	for (const bits of [32, 64] as const)
		it.skipIf(missing.length > 0)(
			`rv${bits}: and QEMU prints the same${missing.length > 0 ? ` (skipped: there is no ${missing.join(", ")})` : ""}`,
			async () => {
				const options = ["-M", "virt,aclint=on", "-smp", "4", "-bios", "none", "-display", "none", "-serial", "stdio", "-monitor", "none"];
				const ran = await command(`qemu-system-riscv${bits}`, [...options, "-kernel", `${here}harts-rv${bits}.elf`], { timeout: 60_000 });
				expect([ran.code, ran.stdout.replaceAll("\r", "")]).toEqual([0, expected]);
			},
		);
});
