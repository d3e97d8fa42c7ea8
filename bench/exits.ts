/** Kinds of exits in, what each costs on an engine out, in nanoseconds a round of its loop beyond the empty one. */
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

/** The guest's loop counts down from here: more rounds than anyone waits for. */
const rounds = 1e9;
/** Instructions of a slice, some milliseconds; slices that are timed, and that warm up before. */
const slice = 10_000;
const slices = 150;
const warmUp = 10;

/** The shortest of many slices: other work on the machine disturbs most of them, and none so long that it has them all. */
export function measureTraps(isa: Isa, engine: "js" | "wasm", only: RegExp = /./): TrapCost[] {
	const assembler = createAssembler(isa);
	const measure = (one: TrapCase) => {
		const image = loadRaw(assembler.assemble(trapProgram(one, rounds), { origin: virt.ram.base }).bytes, virt.ram.base);
		const machine = buildMachine({ board: virt, isa, image, policy: policies[engine], ramBytes: 16 << 20, stopAtReset: true });
		const left = (): number => machine.register("s0")![0];
		const exits = (): number => Object.values(machine.statistics.exits).reduce((sum, n) => sum + n, 0);
		machine.run(warmUp * slice);
		const before = { left: left(), exits: exits(), singles: machine.statistics.singles };
		let nanos = Number.POSITIVE_INFINITY;
		for (let i = 0; i < slices; i++) {
			const from = left();
			const start = performance.now();
			const result = machine.run(slice);
			const millis = performance.now() - start;
			if (result.reason !== "limit" || left() >= from) throw new Error(`${one.name}: ended with ${JSON.stringify(result)}`);
			nanos = Math.min(nanos, (millis * 1e6) / (from - left()));
		}
		const done = before.left - left();
		machine.close();
		return { nanos, exits: (exits() - before.exits) / done, singles: (machine.statistics.singles - before.singles) / done };
	};
	const empty: TrapCase = { name: "empty", mode: "M", paged: false, body: "" };
	// the first loops warm up what all of them use
	for (const one of trapCases.slice(0, 4)) measure(one);
	const nanos = Math.min(measure(empty).nanos, measure(empty).nanos);
	const out: TrapCost[] = [];
	for (const one of trapCases) {
		if (!only.test(one.name)) continue;
		const cost = measure(one);
		out.push({ name: one.name, nanos: cost.nanos - nanos, exits: cost.exits, singles: cost.singles });
	}
	return out;
}
