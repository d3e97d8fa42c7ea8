/** Node 20 has Wasm's multiply-add (relaxed SIMD) behind a flag: nothing in, the flag set. */
import { setFlagsFromString } from "node:v8";

/** Before the first machine is built. Later versions have it as it is, and whether it is used is decided by what it does (`hostFuses`). */
export function allowMultiplyAdd(): void {
	// elsewhere V8 would complain that it does not know the flag
	if (process.version.startsWith("v20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
