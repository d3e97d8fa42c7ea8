/** Assembly in, a machine on an engine and its symbols out. */
import { assemble } from "../../jit/decode/assemble.ts";
import { type Engine, policies } from "../../jit/tier/policy.ts";
import { chooseBoard } from "../../src/boards/board.ts";
import { boards } from "../../src/boards/boards.ts";
import { type Image, listSymbols } from "../../src/load/image.ts";
import { buildMachine } from "../../src/machine/build.ts";
import { loadDefinition } from "../support/definition.ts";

/** `exit` ends the run. */
export function imageOf(text: string): Image {
	const { processor } = chooseBoard(boards, { format: "raw", hints: null }, { name: "virt", bits: 64 });
	const isa = loadDefinition(processor.isa, processor.parameters);
	const { bytes, origin, symbols } = assemble(isa, `${text}\nexit: li t0, 0x100000\nli t1, 0x5555\nsw t1, 0(t0)\n`, { origin: 0x8000_0000, file: "test" });
	const list = [...symbols].map(([name, value]) => ({ name, value, bytes: 0, kind: "other" as const }));
	const segments = [{ address: origin, data: bytes, bytes: bytes.length, padding: 0 }];
	return { format: "raw", hints: null, entry: origin, segments, symbols: listSymbols(list) };
}

export function machineOf(image: Image, engine: Engine, processors = 1) {
	const { board, processor } = chooseBoard(boards, image, { name: "virt", bits: 64 });
	const isa = loadDefinition(processor.isa, processor.parameters);
	return buildMachine({ board, isa, image, policy: policies[engine], processors, ramBytes: 4 << 20 });
}
