/** The floating-point instructions on every engine against QEMU's processor: the same program on both (oracle/oracle.S), with flags raised before and not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hostFuses } from "../../jit/emit/wasm/fused.ts";
import { policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { setWasmFlags } from "../../src/host/node/wasm-flags.ts";
import { loadImage } from "../../src/load/load.ts";
import { buildMachine } from "../../src/machine/build.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { Random } from "../ir/random.ts";
import { missingOf } from "../support/command.ts";
import { loadDefinition } from "../support/definition.ts";
import { hex } from "./numbers.ts";
import { ask } from "./oracle/ask.ts";
import { operations } from "./oracle/cases.ts";
import { answer, answerBytes, draw, say, write } from "./oracle/questions.ts";

const seed = Number(process.env["DOPPEL_SEED"] ?? 1754);
const count = process.env["DOPPEL_LONG"] === "1" ? 2_000_000 : 20_000;
const batch = 20_000;
const engines = ["interpret", "js", "wasm"] as const;
const missing = missingOf(["qemu-riscv64"]);
const classes = [...new Set(operations.map((op) => op.class))];

/** Where the program finds its cases and leaves its answers; it ends the run itself. */
const casesAt = 0x80100000;
const answersAt = 0x80900000;
const limit = 100 * batch;

async function makeMachine(engine: (typeof engines)[number]): Promise<Machine> {
	const image = loadImage(new Uint8Array(readFileSync(join(import.meta.dirname, "oracle/built/machine.elf"))), {});
	const machine = buildMachine({ board: virt, isa: loadDefinition("riscv", { XLEN: 64 }), image, policy: policies[engine], ramBytes: 2 ** 24 });
	return machine;
}

/** The same questions asked of a machine. */
function askMachine(machine: Machine, cases: Uint8Array): DataView {
	machine.reset();
	const length = new Uint8Array(8);
	new DataView(length.buffer).setUint32(0, cases.length / 32, true);
	machine.write(casesAt, length);
	machine.write(casesAt + 8, cases);
	expect(machine.run(limit)).toEqual({ reason: "exit", code: 0 });
	const { bytes, ram } = machine.memory;
	return new DataView(bytes.buffer, ram.offset + answersAt - ram.base, (cases.length / 32) * answerBytes);
}

describe.skipIf(missing.length > 0)(`floating-point instructions (skipped: there is no ${missing.join(", ")})`, () => {
	const machines = new Map<string, Machine>();
	beforeAll(async () => {
		for (const engine of engines) machines.set(engine, await makeMachine(engine));
		// what an engine uses is decided when it is made: the one before goes without
		setWasmFlags();
		if (hostFuses()) machines.set("wasm with multiply-add", await makeMachine("wasm"));
	});
	it.each(classes)("C2: %s: results and flags on every engine are those of QEMU's processor", { timeout: 900_000 }, async (name) => {
		const mine = operations.filter((op) => op.class === name);
		const r = new Random(seed);
		const wrong: string[] = [];
		let differ = 0;
		for (let done = 0; done < count; done += batch) {
			const questions = draw(r, mine, batch);
			const cases = write(questions);
			const theirs = await ask(cases);
			for (const [engine, machine] of machines) {
				const ours = askMachine(machine, cases);
				questions.forEach((q, i) => {
					const [a, b] = [answer(ours, i, q), answer(theirs, i, q)];
					if (a.every((word, n) => word === b[n])) return;
					const text = ([lo, hi, flags]: typeof a): string => `${hex(q.op.width, [lo, hi])} flags ${flags}`;
					if (differ++ < 10) wrong.push(`${say(q)}: ${engine} ${text(a)}, QEMU ${text(b)}`);
				});
			}
		}
		console.log(`${name} on ${[...machines.keys()].join()}: ${count} questions of ${mine.length} instructions, ${differ} differ (seed ${seed})`);
		expect(wrong, `seed ${seed}`).toEqual([]);
	});
});
