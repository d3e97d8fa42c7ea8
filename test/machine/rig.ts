/** Assembly text in, a machine of board virt that runs it out; and runs on every engine compared. */
import { expect } from "vitest";
import { createAssembler } from "../../jit/decode/assemble.ts";
import type { Setting } from "../../jit/emit/wasm/work.ts";
import type { Helper } from "../../jit/ir/helper.ts";
import type { Isa } from "../../jit/spec/isa.ts";
import { type Policy, policies } from "../../jit/tier/policy.ts";
import { virt } from "../../src/boards/virt.ts";
import { loadRaw } from "../../src/load/raw.ts";
import { buildMachine } from "../../src/machine/build.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { MachineOptions, RunResult } from "../../src/machine/options.ts";
import { loadDefinition } from "../support/definition.ts";
import { createLateHelper } from "../support/late.ts";
import { tiersOf } from "../support/tiers.ts";

export const engines = ["interpret", "js", "wasm"] as const;
export type Engine = (typeof engines)[number];
export type Bits = 32 | 64;
export const base = 0x80000000;
export const ramBytes = 2 ** 20;

const assemblers = new Map<Isa, ReturnType<typeof createAssembler>>();

/** The definition of a width, and text as the bytes at the start of RAM with their labels. */
export const isaOf = (bits: Bits): Isa => loadDefinition("riscv", { XLEN: bits });
export function build(bits: Bits, text: string, origin = base) {
	const isa = isaOf(bits);
	let assembler = assemblers.get(isa);
	if (!assembler) assemblers.set(isa, (assembler = createAssembler(isa)));
	return assembler.assemble(text, { origin });
}

export interface Rig {
	readonly machine: Machine;
	readonly output: () => string;
	readonly label: (name: string) => number;
	/** A register as an unsigned number. */
	readonly register: (name: string) => number;
}

export async function rig(bits: Bits, on: Engine | Policy, text: string, o: Partial<MachineOptions> = {}): Promise<Rig> {
	const { bytes, symbols } = build(bits, text);
	const out: number[] = [];
	const machine = buildMachine({
		board: virt,
		isa: isaOf(bits),
		image: loadRaw(bytes, base),
		policy: typeof on === "string" ? policies[on] : on,
		ramBytes,
		...o,
		host: { output: (byte) => out.push(byte), ...o.host },
	});
	return {
		machine,
		output: () => Buffer.from(out).toString("latin1"),
		label(name) {
			const address = symbols.get(name);
			if (address === undefined) throw new Error(`no label ${name}`);
			return address;
		},
		register(name) {
			const value = machine.register(name);
			if (!value) throw new Error(`no register ${name}`);
			return (value[1] >>> 0) * 2 ** 32 + (value[0] >>> 0);
		},
	};
}

export interface Outcome {
	readonly result: RunResult;
	readonly retired: number;
	readonly output: string;
	readonly hash: string;
}

/** What lies around RAM in the shared memory, apart from what the machine itself keeps there, is as it was: 0. */
export function expectCanaries({ memory }: Machine): void {
	const { bytes, ram } = memory;
	const clean = (from: number, to?: number): boolean => bytes.subarray(from, to).every((byte) => byte === 0);
	expect([clean(0, memory.states[0]), clean(ram.pageFlags + ram.bytes / 4096, ram.offset), clean(ram.offset + ram.bytes)]).toEqual([true, true, true]);
}

/** Every engine by itself, and tiers, with what they translate elsewhere: all of them in long runs, else one for each program, by its length. */
function policiesFor(text: string): readonly { name: string; policy: Policy; helper?: (setting: Setting) => Helper }[] {
	const tiers = tiersOf(text.length, ~text.length);
	const some = process.env["DOPPEL_LONG"] === undefined ? [tiers[text.length % tiers.length]!] : tiers;
	const helper = (setting: Setting): Helper => createLateHelper(setting, text.length);
	const [first, ...others] = engines.map((name) => ({ name, policy: policies[name] }));
	return [first!, ...some.map(({ name, policy }) => ({ name, policy: policy(), helper })), ...others];
}

/** Runs the text on every engine, and across tiers, for the same count and expects the same outcome, state and RAM included, and clean canaries; answers the last rig and that outcome. */
export async function runAlike(bits: Bits, text: string, instructions: number, o: Partial<MachineOptions> = {}): Promise<Rig & { outcome: Outcome }> {
	let first: Outcome | undefined;
	let last: Rig | undefined;
	for (const { name, policy, helper } of policiesFor(text)) {
		last = await rig(bits, policy, text, { ...o, host: { ...o.host, helper } });
		const result = last.machine.run(instructions);
		const outcome = { result, retired: last.machine.retired, output: last.output(), hash: last.machine.hash() };
		expectCanaries(last.machine);
		first ??= outcome;
		expect({ name, ...outcome }).toEqual({ name, ...first });
	}
	return { ...last!, outcome: first! };
}

/** Ends the run with the exit code in a0. */
export const finish = `
	slli a0, a0, 16
	li t6, 0x3333
	or a0, a0, t6
	li t6, 0x100000
	sw a0, 0(t6)
finished: j finished
`;

/** A loop of accesses off s0, so many turns, that adds up what they put into a2 and a3 and stores another number each time. */
export const accessLoop = (s0: number, accesses: string, turns: number): string => `
	li s0, ${s0}
	li s1, 7
	li s4, ${turns}
	again: ${accesses}
	add s5, s5, a2
	xor s5, s5, a3
	addi s1, s1, 3
	addi s4, s4, -1
	bnez s4, again`;

/** So many functions of the same instructions (of 32 bits), written by the program itself from an address on, that are all called so often; then `end`. */
export function manyFunctions(o: { from: number; count: number; rounds: number; body: readonly string[]; end: string }): string {
	const words = o.body.length + 1;
	const bytes = 2 ** Math.ceil(Math.log2(4 * words));
	return `
	li s0, ${o.from}
	li s1, ${o.count}
write: la t0, pattern
	mv t1, s0
	li t2, ${words}
word: lw t3, 0(t0)
	sw t3, 0(t1)
	addi t0, t0, 4
	addi t1, t1, 4
	addi t2, t2, -1
	bnez t2, word
	addi s0, s0, ${bytes}
	addi s1, s1, -1
	bnez s1, write
	fence.i
	li s6, ${o.rounds}
round: li s1, ${o.count}
	li s0, ${o.from}
call: jalr s0
	addi s0, s0, ${bytes}
	addi s1, s1, -1
	bnez s1, call
	addi s6, s6, -1
	bnez s6, round
	${o.end}
pattern: ${o.body.join("\n\t")}
	ret`;
}
