/** A bare RISC-V processor for tests of the definition's machine half: text in, its instructions run by the interpreter. */
import type { Halves } from "../../jit/base/exit.ts";
import { Status } from "../../jit/base/status.ts";
import { assemble } from "../../jit/decode/assemble.ts";
import type { MachineFunction } from "../../jit/spec/isa.ts";
import { type Bare, createBare, type Ending } from "../../src/debug/fixture/bare.ts";
import { placesOf } from "../../src/debug/fixture/run.ts";
import { loadDefinition } from "../support/definition.ts";

export const halves = (v: bigint): Halves => [Number(BigInt.asIntN(32, v)), Number(BigInt.asIntN(32, v >> 32n))];

export interface Processor {
	readonly bare: Bare;
	readonly mask: bigint;
	get(name: string): bigint;
	set(name: string, value: bigint | number): void;
	/** Assembles `text` to 0x1000 and runs its instructions until the end or a trap. */
	run(text: string): Ending;
	/** A machine function's value, or the trap it ended in. */
	call(name: MachineFunction, ...args: bigint[]): { value: bigint } | { cause: bigint; of: bigint };
}

export function createRiscv(xlen: 32 | 64): Processor {
	const isa = loadDefinition("riscv", { XLEN: xlen });
	const bare = createBare(isa);
	bare.reset();
	const places = (name: string) => placesOf(isa, name) ?? expectName(name);
	const words = new Uint32Array(bare.env.memory.buffer);
	const pair = (at: number): bigint => (BigInt(words[(at + 4) >> 2]!) << 32n) | BigInt(words[at >> 2]!);
	return {
		bare,
		mask: (1n << BigInt(xlen)) - 1n,
		get: (name) => bare.read(places(name)),
		set: (name, value) => bare.write(places(name), BigInt.asUintN(64, BigInt(value))),
		run(text) {
			const { bytes, lines } = assemble(isa, text, { origin: 0x1000 });
			bare.spaces[0]!.set(bytes, 0x1000);
			bare.write(places("pc"), 0x1000n);
			return bare.run(null, lines.length);
		},
		call(name, ...args) {
			const { status, lo, hi } = bare.interpreter.call(name, 0, args.map(halves));
			if (status === Status.trap) return { cause: pair(24), of: pair(32) };
			return { value: (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0) };
		},
	};
}

function expectName(name: string): never {
	throw new Error(`the definition has no register ${name}`);
}
