/** How V8 treats WebAssembly and our JavaScript here: nothing in, its flags set. */
import { setFlagsFromString } from "node:v8";

/** Flags, and which versions of Node know them: V8 complains of others. */
const flags: readonly (readonly [flag: string, node: RegExp])[] = [
	// multiply-add is behind a flag there; later it is there as it is, and whether it is used is decided by what it does (`hostFuses`)
	["--experimental-wasm-relaxed-simd", /^v20\./],
	// which branches are seldom taken (branch hinting); who does not know it passes over it
	["--experimental-wasm-branch-hinting", /^v2[0-4]\./],
	// A function is compiled by the optimising compiler after so many bytes of its code have run (V8: 1.8 million, a millisecond): in a boot much is warm and little
	// hot. 13 of 40 s of a boot's processor time were that compiler's, 1 s is left; what is hot waits some 20 ms for it.
	["--wasm-tiering-budget=300000000", /^v2[0-4]\./],
	// The same for JavaScript, whose code is optimised after so many bytes of it have run (V8: 132 KiB): U-Boot to its prompt 3.25 to 2.55 s, more than 540,000 gives nothing.
	["--interrupt-budget=540000", /^v20\./],
	// The heap may grow by a quarter until V8 looks for garbage (V8: to twice its size and more): Debian at its prompt 673 to 604 MiB, processor time the same.
	["--heap-growing-percent=25", /^v20\./],
];

/** Before the first machine is built. */
export function setWasmFlags(): void {
	for (const [flag, node] of flags) if (node.test(process.version)) setFlagsFromString(flag);
}
