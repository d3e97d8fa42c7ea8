/**
 * The public surface of jit, which is usable alone as a library: a definition's text and guest bytes in, running code out.
 *
 * In the order of the stages: `loadIsa` reads a definition; `createDecoder` and `createLifter` make blocks of guest bytes; `optimize`, `printBlock` and
 * `verifyBlock` work on blocks; `createInterpreter`, `createJsEmitter` and `createWasmEmitter` execute them; `createDispatcher` does all of it on demand,
 * with a `createCodeCache` beside it. `assemble` and `createDisassembler` are for people.
 *
 * Whoever calls owns the memory (one `WebAssembly.Memory` that must not grow, laid out with `layOut`) and the ports into it. Nothing here reads files,
 * clocks or random numbers. Errors are `SpecError` (a definition or an assembly text is wrong) and `Bug`; what a guest does is never an error.
 */
export { Bug, HostError, ImageError, SpecError } from "./base/errors.ts";
export type { Exit, ExitKind, Halves } from "./base/exit.ts";
export { type Cell, Header, layOut, type StateLayout } from "./base/layout.ts";
export { Access, type DirectRam, type Environment, type MemoryPort, pageShift, type SystemPort } from "./base/port.ts";
export { type Refusal, refusals } from "./base/refusal.ts";
export { Status, statusNames } from "./base/status.ts";
export { type CacheLimits, type CodeCache, createCodeCache, defaultLimits } from "./cache/cache.ts";
export { assemble } from "./decode/assemble.ts";
export { createDecoder, type Decoder } from "./decode/decoder.ts";
export { createDisassembler } from "./decode/disassemble.ts";
export type { Instruction, Undefined } from "./decode/instruction.ts";
export { createDispatcher } from "./dispatch/dispatcher.ts";
export type { CodeAccess, Dispatcher, DispatcherParts, Statistics } from "./dispatch/parts.ts";
export { createJsEmitter } from "./emit/js/emit.ts";
export { createWasmEmitter } from "./emit/wasm/emit.ts";
export { createInterpreter, type Interpreter } from "./interpret/interpret.ts";
export type { Block, Emitter, Region, Terminator, Unit } from "./ir/block.ts";
export { type Op, type OpName, opTable } from "./ir/op.ts";
export { parseBlock } from "./ir/parse.ts";
export { printBlock } from "./ir/print.ts";
export { verifyBlock } from "./ir/verify.ts";
export { type CodeSource, createLifter, type Lifter } from "./lift/lift.ts";
export { formRegion } from "./lift/region.ts";
export { optimize } from "./opt/optimize.ts";
export type { InstructionSpec, Isa } from "./spec/isa.ts";
export { loadIsa } from "./spec/load.ts";
export { type Engine, engines, type Policy, policies, type Tier } from "./tier/policy.ts";
