import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadIsa } from "../../jit/spec/load.ts";
import { createBare } from "../../src/debug/fixture/bare.ts";
import { makeEngines } from "../../src/debug/fixture/engines.ts";
import { placesOf } from "../../src/debug/fixture/run.ts";
import { readSketch } from "./read.ts";

// Cases from outside (SingleStepTests), read where they are: beside the project, or in the folder that DOPPEL_VECTORS names.
const folders = [new URL("../../../shared/vectors", import.meta.url).pathname, process.env.DOPPEL_VECTORS ?? ""];
const file = folders.map((folder) => join(folder, "z80.jsonl.gz")).find((path) => existsSync(path));

interface Case {
	name: string;
	initial: Record<string, number> & { ram: [number, number][] };
	final: Record<string, number> & { ram: [number, number][] };
	ports?: [number, number, "r" | "w"][];
}
// What the sketch does not model: interrupt state, and latches inside the processor.
const registers = ["pc", "sp", "a", "b", "c", "d", "e", "f", "h", "l", "i", "r", "ix", "iy", "af_", "bc_", "de_", "hl_"];

describe("the Z80 sketch against cases from outside", () => {
	it.skipIf(!file)(
		"every case of an opcode that the sketch has ends alike on all engines (skipped: z80.jsonl.gz is not at hand)",
		{ timeout: 300_000 },
		async () => {
			const isa = loadIsa(readSketch("z80"));
			const bare = createBare(isa);
			const places = new Map(registers.map((name) => [name, placesOf(isa, name) ?? []]));
			const engines = [null, ...(await makeEngines(["js", "wasm"])(bare))];
			const io = bare.spaces[isa.memories.findIndex((m) => m.name === "io")] as Uint8Array;
			const wrong: string[] = [];
			const opcodes = new Set<string>();
			let runs = 0;
			for (const line of gunzipSync(readFileSync(file as string))
				.toString()
				.split("\n")) {
				if (line === "") continue;
				const c: Case = JSON.parse(line);
				const code = Uint8Array.from({ length: 4 }, (_, i) => c.initial.ram.find(([at]) => at === ((c.initial.pc as number) + i) % 65536)?.[1] ?? 0);
				if (bare.decoder.decode(code, 0, 4, 0).spec === null) continue;
				opcodes.add(c.name.slice(0, c.name.lastIndexOf(" ")));
				for (const engine of engines) {
					if (engine?.name === "wasm" && runs % 15 !== 2) {
						runs++;
						continue; // a module an instruction is dear: one case in five
					}
					runs++;
					bare.reset();
					for (const name of registers) bare.write(places.get(name) as [], BigInt(c.initial[name] as number));
					for (const [at, byte] of c.initial.ram) (bare.spaces[0] as Uint8Array)[at] = byte;
					for (const [at, byte, way] of c.ports ?? []) if (way === "r") io[at] = byte;
					const end = bare.run(engine, 1);
					const label = `${c.name} on ${engine?.name ?? "interpret"}`;
					if (end.kind !== "done") wrong.push(`${label}: ${end.kind}`);
					for (const name of registers) {
						const got = Number(bare.read(places.get(name) as []));
						if (got !== c.final[name]) wrong.push(`${label}: ${name} is ${got}, expected ${c.final[name]}`);
					}
					for (const [at, byte] of c.final.ram) if ((bare.spaces[0] as Uint8Array)[at] !== byte) wrong.push(`${label}: byte ${at}`);
					for (const [at, byte, way] of c.ports ?? []) if (way === "w" && io[at] !== byte) wrong.push(`${label}: port ${at}`);
				}
				if (wrong.length > 40) break;
			}
			expect(wrong).toEqual([]);
			expect(opcodes.size).toBeGreaterThan(150);
		},
	);
});
