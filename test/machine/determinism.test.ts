import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadElf } from "../../src/load/elf.ts";
import { type Image, joinImages } from "../../src/load/image.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { helloFromSMode } from "../support/programs.ts";
import { tiersOf } from "../support/tiers.ts";
import { build, engines, isaOf } from "./rig.ts";

const openSbi = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf";
const slice = 1e6;
const most = process.env.DOPPEL_LONG === undefined ? 4 : 100;

const programs: readonly [what: string, missing: string, image: () => Image][] = [
	["the guest that comes with doppel", "", () => loadElf(readFileSync(new URL("../../src/boards/guest/guest.elf", import.meta.url)))],
	[
		"OpenSBI with a program in S mode",
		existsSync(openSbi) ? "" : "OpenSBI is not on this machine (Debian: opensbi)",
		() => joinImages(loadElf(readFileSync(openSbi)), loadRaw(build(64, helloFromSMode, 0x80200000).bytes, 0x80200000)),
	],
];

describe("D1: the state after every 10^6 instructions", () => {
	it.for(programs)("is that of another run, of every other engine, and across tiers, in %s", { timeout: 300_000 }, async ([, missing, image], ctx) => {
		if (missing) return ctx.skip(missing);
		let first: unknown[] | undefined;
		const alone = engines.flatMap((name) => [1, 2].map((run) => ({ name: `${name}, run ${run}`, policy: policies[name] })));
		const across = tiersOf(1, 2).map(({ name, policy }) => ({ name, policy: policy() }));
		for (const { name, policy } of [...alone, ...across]) {
			const out: number[] = [];
			const machine = buildMachine({
				board: virt,
				isa: isaOf(64),
				image: image(),
				policy,
				ramBytes: 64 * 2 ** 20,
				host: { output: (byte) => out.push(byte) },
			});
			const states: unknown[] = [];
			for (let ended = false; !ended && states.length < most; ) {
				const result = machine.run(slice);
				states.push([result, machine.retired, machine.hash(), out.length]);
				ended = result.reason !== "limit";
				// so that whoever runs the tests hears of this one
				await new Promise((done) => setTimeout(done, 0));
			}
			expect(out.length).toBeGreaterThan(0);
			first ??= states;
			expect([name, ...states]).toEqual([name, ...first]);
		}
	});
});
