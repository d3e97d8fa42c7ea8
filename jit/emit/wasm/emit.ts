/** The Wasm engine's back end: regions in, units of WebAssembly out, made with Binaryen. */
import type { StateLayout } from "../../base/layout.ts";
import type { Environment } from "../../base/port.ts";
import type { Emitter, Region, Unit } from "../../ir/block.ts";
import type { Isa } from "../../spec/isa.ts";
import { loadBinaryen } from "./binaryen.ts";
import { floatImport } from "./float-import.ts";
import { Kit, Nodes } from "./nodes.ts";
import { addRegion, type Surroundings } from "./region.ts";
import { foldText } from "./text.ts";

export interface WasmEmitter extends Emitter {
	readonly name: "wasm";
	/** Several regions in one module: a module costs 0.25 ms and 100 KiB, however little is in it. Units in the order of the regions. */
	emitMany(regions: readonly Region[]): Unit[];
	/** The bytes of the module that `emitMany` would make; functions `r0`, `r1`... are exported. It imports `env.memory`, `env.load` and `env.store`, and `env.float` where there is a floating-point op. */
	encode(regions: readonly Region[]): Uint8Array;
	/** Whether Binaryen's validator accepts the module: for tests. */
	valid(regions: readonly Region[]): boolean;
}

/** Loads Binaryen (half a second, the first time) and gives the emitter. Units are bound to `env`; the state they work on is a parameter. */
export async function createWasmEmitter(isa: Isa, layout: StateLayout, env: Environment): Promise<WasmEmitter> {
	const raw = await loadBinaryen();
	const shared = typeof SharedArrayBuffer !== "undefined" && (env.memory.buffer as unknown) instanceof SharedArrayBuffer;
	const kit = new Kit(raw, shared);
	const around: Surroundings = { isa, layout, env };
	const { port } = env;
	const imports = {
		env: {
			memory: env.memory,
			load: (state: number, lo: number, hi: number, bytes: number, space: number, access: number) => port.load(state, lo, hi, bytes, space, access),
			store: (state: number, lo: number, hi: number, bytes: number, space: number, valueLo: number, valueHi: number) =>
				port.store(state, lo, hi, bytes, space, valueLo, valueHi),
			float: floatImport(env.memory),
		},
	};

	function build<T>(regions: readonly Region[], take: (nodes: Nodes) => T): T {
		const nodes = new Nodes(kit);
		try {
			regions.forEach((region, i) => {
				addRegion(nodes, `r${i}`, region, around);
				nodes.export(`r${i}`);
			});
			return take(nodes);
		} finally {
			nodes.dispose();
		}
	}
	const encode = (regions: readonly Region[]): Uint8Array => build(regions, (nodes) => nodes.encode());
	function emitMany(regions: readonly Region[]): Unit[] {
		const code = encode(regions);
		const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), imports);
		const count = regions.reduce((sum, region) => sum + weight(region), 0);
		return regions.map((region, i) => ({ region, run: exports[`r${i}`] as Unit["run"], bytes: Math.ceil((code.length * weight(region)) / count) }));
	}
	return {
		name: "wasm",
		emit: (region) => emitMany([region])[0]!,
		emitMany,
		encode,
		text: (region) => build([region], (nodes) => foldText(nodes.text())),
		valid: (regions) => build(regions, (nodes) => nodes.valid()),
	};
}

/** A region's part in the size of its module. */
const weight = (region: Region): number => region.blocks.reduce((sum, block) => sum + block.ops.length + 1, 0);
