/** A workload as Wasm and its rounds in, its checksum printed. */
import { readFileSync } from "node:fs";

const [, , file, rounds] = process.argv;
const { instance } = await WebAssembly.instantiate(readFileSync(file));
console.log((instance.exports.workload(Number(rounds)) >>> 0).toString(16).padStart(8, "0"));
