/** A guest program in, how fast each engine carries it out, in guest instructions a second. */
import Benchmark from "benchmark";
import type { Isa } from "../jit/spec/isa.ts";
import { policies } from "../jit/tier/policy.ts";
import { chooseBoard } from "../src/boards/board.ts";
import { boards } from "../src/boards/boards.ts";
import type { Image } from "../src/load/image.ts";
import { buildMachine } from "../src/machine/build.ts";

export interface EngineRate {
	readonly engine: string;
	readonly instructionsPerSecond: number;
	readonly marginPercent: number;
}

/** Instructions of one sample: long enough to be measured, short enough for several samples before the program ends. */
const sample = { interpret: 1e6, js: 1e7, wasm: 2e7, auto: 2e7 } as const;

export async function measureEngines(isa: Isa, image: Image): Promise<EngineRate[]> {
	const out: EngineRate[] = [];
	for (const engine of ["interpret", "js", "wasm", "auto"] as const) {
		const { board } = chooseBoard(boards, image, {});
		const machine = buildMachine({ board, isa, image, policy: policies[engine], semihosting: true });
		machine.run(sample[engine]);
		const bench = new Benchmark(
			engine,
			() => {
				if (machine.run(sample[engine]).reason !== "limit") machine.reset();
			},
			{ minSamples: 5, maxTime: 1.5 },
		).run({ async: false });
		out.push({ engine, instructionsPerSecond: sample[engine] * bench.hz, marginPercent: bench.stats.rme });
		machine.close();
	}
	return out;
}
