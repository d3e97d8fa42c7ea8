/** Exit: why `dispatch` came back to the machine; a value that the hypervisor acts on. */

/** A 64-bit number as signed 32-bit halves. */
export type Halves = readonly [lo: number, hi: number];

/** What an exit may be. In every kind but `next`, `wait`, `yield` and `stop` nothing of the instruction at pc has happened. */
export type ExitKind = Exit["kind"];

/**
 * Why the processor stopped. `retired`: instructions completed by the call that returned this. The state (pc, context, registers) is exact.
 *
 * - `budget`: as many instructions as were asked for are done.
 * - `privileged`: the instruction at pc has to be carried out with `stepOne`.
 * - `trap`: the instruction at pc traps; `fault`: a memory access of it failed (`access` 0 fetch, 1 load, 2 store; `fault` 0 nothing answers, 1 misaligned);
 *   `illegal`: the bytes at pc are no instruction.
 * - `wait`: the instruction before pc was retired and the processor waits; `yield`: it was retired and the processor lets others go first; `stop`: it was retired and whoever runs the machine ends the run.
 * - `next`: the instruction of a `stepOne` was retired; or `run` came back because it was asked to with `leave`.
 */
export type Exit =
	| { readonly kind: "budget" | "privileged" | "illegal" | "wait" | "yield" | "stop" | "next"; readonly retired: number }
	| { readonly kind: "trap"; readonly retired: number; readonly cause: Halves; readonly value: Halves }
	| { readonly kind: "fault"; readonly retired: number; readonly access: number; readonly fault: number; readonly address: Halves };
