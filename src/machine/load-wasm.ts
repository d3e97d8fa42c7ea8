/** A machine in, the same machine with the Wasm engine out: Binaryen is loaded only here. */
import { createWasmEmitter } from "../../jit/emit/wasm/emit.ts";
import type { Machine } from "./machine.ts";

/** Takes some 0.7 s the first time. */
export async function loadWasm(machine: Machine): Promise<void> {
	machine.provide(await createWasmEmitter(machine.isa, machine.layout, machine.env));
}
