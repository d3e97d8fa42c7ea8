/** Kinds of exits in, what each costs on an engine out, in nanoseconds of processor time a round of its loop beyond the empty one. */
import { createAssembler } from "../jit/decode/assemble.ts";
import type { Isa } from "../jit/spec/isa.ts";
import { policies } from "../jit/tier/policy.ts";
import { virt } from "../src/boards/virt.ts";
import { loadRaw } from "../src/load/raw.ts";
import { buildMachine } from "../src/machine/build.ts";
import { type TrapCase, trapCases, trapProgram } from "./guests/traps.ts";

export interface TrapCost {
	readonly name: string;
	readonly nanos: number;
	/** Exits to the hypervisor and instructions carried out alone, a round. */
	readonly exits: number;
	readonly singles: number;
}

export async function measureTraps(isa: Isa, engine: "js" | "wasm", only: RegExp = /./, rounds = 30_000): Promise<TrapCost[]> {
	const assembler = createAssembler(isa);
	/** Nanoseconds a round, of processor time, because other work on the machine disturbs it less: the best of three runs, the first of which warms up. */
	const measure = async (one: TrapCase) => {
		const image = loadRaw(assembler.assemble(trapProgram(one, rounds), { origin: virt.ram.base }).bytes, virt.ram.base);
		const machine = buildMachine({ board: virt, isa, image, policy: policies[engine], ramBytes: 16 << 20, stopAtReset: true });
		let best = Number.POSITIVE_INFINITY;
		let [exits, singles] = [0, 0];
		for (let i = 0; i < 3; i++) {
			const before = [Object.values(machine.statistics.exits).reduce((sum, n) => sum + n, 0), machine.statistics.singles] as const;
			const start = process.cpuUsage();
			const result = machine.run(1e9);
			best = Math.min(best, (process.cpuUsage(start).user * 1e3) / rounds);
			if (result.reason !== "exit" || result.code !== 0) throw new Error(`${one.name}: ended with ${JSON.stringify(result)}`);
			exits = Object.values(machine.statistics.exits).reduce((sum, n) => sum + n, 0) - before[0];
			singles = machine.statistics.singles - before[1];
			machine.reset();
		}
		machine.close();
		return { nanos: best, exits: exits / rounds, singles: singles / rounds };
	};
	const empty: TrapCase = { name: "empty", mode: "M", paged: false, body: "" };
	// the first loops warm up what all of them use
	for (const one of [empty, ...trapCases.slice(0, 4)]) await measure(one);
	const { nanos } = await measure(empty);
	const out: TrapCost[] = [];
	for (const one of trapCases) {
		if (!only.test(one.name)) continue;
		const cost = await measure(one);
		out.push({ name: one.name, nanos: cost.nanos - nanos, exits: cost.exits, singles: cost.singles });
	}
	return out;
}
